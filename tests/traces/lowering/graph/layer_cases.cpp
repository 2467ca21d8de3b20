// SPDX-License-Identifier: Apache-2.0
#include "tests/traces/lowering/graph/layer_cases.h"

#include <algorithm>
#include <catch2/catch.hpp>

#include "isa/memory_program.h"
#include "tests/traces/lowering/targets.h"

namespace npulse::test {

using isa::functional::Array;
using namespace lowering;

namespace {

double saturated(double sum) {
  return std::clamp(sum, -128.0, 127.0);
}

/// What the last output reads beyond the image.
std::int64_t pad_behind(std::int64_t outputs, std::int64_t stride, std::int64_t reach,
                        std::int64_t before, std::int64_t extent) {
  return std::max<std::int64_t>(0, (outputs - 1) * stride + reach - before - extent);
}

isa::CheckTarget checked(const Target& target) {
  isa::CheckTarget check = as_checked(target);
  check.units[1].opcodes.push_back(isa::Opcode::conv);
  return check;
}

}  // namespace

Array any_array(Random& random, std::vector<std::int64_t> shape) {
  std::int64_t size = 1;
  for (const std::int64_t extent : shape) size *= extent;
  Array array{std::move(shape), {}};
  for (std::int64_t i = 0; i < size; ++i) array.values.push_back(double(random.between(-4, 3)));
  return array;
}

graph::Tensor tensor(const char* name, std::vector<std::int64_t> shape, bool constant) {
  return {name, graph::Type::i8, std::move(shape), constant};
}

Contraction random_conv(Random& random, bool depthwise) {
  Contraction l;
  l.batch = random.between(1, 2);
  l.groups = depthwise ? random.between(2, 40) : random.between(1, 3);
  l.c = depthwise ? 1 : random.between(1, 20);
  l.oc = depthwise ? 1 : random.between(1, 24);
  l.kh = random.between(1, 3), l.kw = random.between(1, 3);
  l.stride_h = random.between(1, 2), l.stride_w = random.between(1, 2);
  l.dilation_h = random.between(1, 2), l.dilation_w = random.between(1, 2);
  l.pad_top = random.between(0, l.kh - 1), l.pad_left = random.between(0, l.kw - 1);
  l.h = random.between(5, 14), l.w = random.between(5, 14);
  const auto positions = [](std::int64_t extent, std::int64_t pads, std::int64_t kernel,
                            std::int64_t dilation, std::int64_t stride) {
    return (extent + pads - ((kernel - 1) * dilation + 1)) / stride + 1;
  };
  const std::int64_t pad_bottom = random.between(0, l.kh - 1),
                     pad_right = random.between(0, l.kw - 1);
  l.oh = positions(l.h, l.pad_top + pad_bottom, l.kh, l.dilation_h, l.stride_h);
  l.ow = positions(l.w, l.pad_left + pad_right, l.kw, l.dilation_w, l.stride_w);
  return l;
}

graph::Graph conv_graph(const Contraction& l, bool relu) {
  graph::Graph graph;
  graph.name = "conv";
  graph.tensors = {tensor("x", {l.batch, l.in_channels(), l.h, l.w}),
                   tensor("w", {l.channels(), l.c, l.kh, l.kw}, true),
                   tensor("y", {l.batch, l.channels(), l.oh, l.ow})};
  graph::Conv conv;
  conv.stride = {l.stride_h, l.stride_w};
  conv.dilation = {l.dilation_h, l.dilation_w};
  conv.pads = {l.pad_top, l.pad_left,
               pad_behind(l.oh, l.stride_h, (l.kh - 1) * l.dilation_h + 1, l.pad_top, l.h),
               pad_behind(l.ow, l.stride_w, (l.kw - 1) * l.dilation_w + 1, l.pad_left, l.w)};
  conv.groups = l.groups;
  graph.nodes = {{"conv", conv, {0, 1}, {2}, ""}};
  graph.inputs = {0};
  graph.outputs = {2};
  if (relu) {
    graph.tensors.push_back(tensor("z", graph.tensors[2].shape));
    graph.nodes.push_back({"relu", graph::Elementwise{"relu"}, {2}, {3}, ""});
    graph.outputs = {3};
  }
  return graph;
}

std::vector<double> reference(const Contraction& l, const Array& x, const Array& w, bool relu) {
  std::vector<double> y;
  const auto input = [&](std::int64_t n, std::int64_t row, std::int64_t col, std::int64_t c) {
    if (row < 0 || row >= l.h || col < 0 || col >= l.w) return 0.0;
    return x.values[std::size_t(((n * l.h + row) * l.w + col) * l.in_channels() + c)];
  };
  for (std::int64_t n = 0; n < l.batch; ++n) {
    for (std::int64_t pixel = 0; pixel < l.oh * l.ow; ++pixel) {
      for (std::int64_t o = 0; o < l.channels(); ++o) {
        double sum = 0;
        for (std::int64_t tap = 0; tap < l.taps(); ++tap) {
          for (std::int64_t c = 0; c < l.c; ++c) {
            const std::int64_t row =
                pixel / l.ow * l.stride_h + tap / l.kw * l.dilation_h - l.pad_top;
            const std::int64_t col =
                pixel % l.ow * l.stride_w + tap % l.kw * l.dilation_w - l.pad_left;
            sum += input(n, row, col, o / l.oc * l.c + c) *
                   w.values[std::size_t((tap * l.c + c) * l.channels() + o)];
          }
        }
        y.push_back(saturated(relu ? std::max(sum, 0.0) : sum));
      }
    }
  }
  return y;
}

ProductCase random_product(Random& random, bool transposed) {
  const std::int64_t batch = random.between(1, 3), m = random.between(1, 40),
                     n = random.between(1, 40), k = random.between(1, 60);
  ProductCase made;
  graph::Graph& graph = made.graph;
  graph.name = "matmul";
  const std::vector<std::int64_t> b =
      transposed ? std::vector{batch, n, k} : std::vector{batch, k, n};
  graph.tensors = {tensor("a", {batch, m, k}), tensor("b", b), tensor("c", {batch, m, n})};
  graph::Matmul matmul;
  matmul.b_transposed = transposed;
  graph.nodes = {{"matmul", matmul, {0, 1}, {2}, ""}};
  graph.inputs = {0, 1};
  graph.outputs = {2};
  const Array left = any_array(random, {batch, m, k}), right = any_array(random, b);
  for (std::int64_t cell = 0; cell < batch * m * n; ++cell) {
    const std::int64_t row = cell / n, col = cell % n, image = cell / (m * n);
    double sum = 0;
    for (std::int64_t d = 0; d < k; ++d) {
      const std::int64_t at = transposed ? (image * n + col) * k + d : (image * k + d) * n + col;
      sum += left.values[std::size_t(row * k + d)] * right.values[std::size_t(at)];
    }
    made.expected.push_back(saturated(sum));
  }
  made.inputs = {{"a", left}, {"b", right}};
  return made;
}

Target random_target(Random& random, int i) {
  Target target = i % 2 ? test::tiny_target() : test::large_target();
  target.spm_bytes = Bytes{std::int64_t{1} << random.between(12, 15)};
  target.acc_bytes = Bytes{std::int64_t{1} << random.between(11, 14)};
  target.queue_depth = static_cast<std::size_t>(random.between(2, 8));
  return target;
}

void require_values(const graph::Graph& graph, const Target& target,
                    const isa::functional::Arrays& inputs, const char* output,
                    const std::vector<double>& expected, const std::optional<Mapping>& mapping,
                    const TilingRule& tiling) {
  isa::MemoryProgram program;
  GraphOptions as_int8;
  as_int8.weights = WeightFormat::int8;
  as_int8.mapping = mapping;
  as_int8.tiling = tiling;
  lower(graph, as_int8, target, program);
  const isa::CheckTarget check = checked(target);
  const isa::CheckReport report = isa::check(program, check);
  for (const auto& finding : report.errors) FAIL(finding.text());
  for (const auto& finding : report.warnings) FAIL(finding.text());
  isa::functional::RunOptions options;
  options.inputs = inputs;
  options.orders = isa::functional::Orders::all;
  const auto result = isa::functional::run(program, check, options);
  REQUIRE(result.differences.empty());
  REQUIRE(result.outputs.at(output).array.values == expected);
}

}  // namespace npulse::test
