// SPDX-License-Identifier: Apache-2.0
// Attention nodes compute what they say, scaled and masked, with scores on the chip or in memory.
#include <catch2/catch.hpp>
#include <cmath>

#include "isa/functional/run.h"
#include "isa/memory_program.h"
#include "tests/support/random.h"
#include "tests/traces/lowering/targets.h"
#include "traces/lowering/graph/lower_graph.h"

using namespace npulse;
using namespace npulse::lowering;

namespace {

using isa::functional::Array;
using test::Random;
using Shape = std::vector<std::int64_t>;

enum class Mask { none, added, of_truth };

struct Case {
  graph::Attention node;
  std::int64_t batch = 1, rows = 1, tokens = 1, width = 1, value_width = 1;
  Mask mask = Mask::none;
  Shape mask_shape;
};

std::int64_t size_of(const Shape& shape) {
  std::int64_t size = 1;
  for (const std::int64_t extent : shape) size *= extent;
  return size;
}

/// Sixteenths, which bf16 holds.
Array any_array(Random& random, const Shape& shape, std::int64_t low, std::int64_t high) {
  Array array{shape, {}};
  for (std::int64_t i = 0; i < size_of(shape); ++i)
    array.values.push_back(double(random.between(low, high)) / 16);
  return array;
}

graph::Graph graph_of(const Case& c) {
  const auto tensor = [](const char* name, Shape shape) {
    return graph::Tensor{name, graph::Type::bf16, std::move(shape), false};
  };
  graph::Graph graph;
  graph.name = "attention";
  graph.tensors = {tensor("q", {c.batch, c.node.heads, c.rows, c.width}),
                   tensor("k", {c.batch, c.node.kv_heads, c.tokens, c.width}),
                   tensor("v", {c.batch, c.node.kv_heads, c.tokens, c.value_width}),
                   tensor("y", {c.batch, c.node.heads, c.rows, c.value_width})};
  graph.inputs = {0, 1, 2};
  if (c.mask != Mask::none) {
    graph.tensors.push_back(tensor("mask", c.mask_shape));
    if (c.mask == Mask::of_truth) graph.tensors.back().type = graph::Type::i1;
    graph.inputs.push_back(4);
  }
  graph.nodes = {{"attend", c.node, graph.inputs, {3}, ""}};
  graph.outputs = {3};
  return graph;
}

/// Element of a tensor that broadcasts to [n, heads, rows, tokens].
double broadcast(const Array& array, std::array<std::int64_t, 4> index) {
  std::int64_t element = 0, stride = 1;
  for (std::size_t i = 0; i < array.shape.size(); ++i) {
    const std::int64_t extent = array.shape[array.shape.size() - 1 - i];
    if (extent > 1) element += index[3 - i] * stride;
    stride *= extent;
  }
  return array.values[std::size_t(element)];
}

std::vector<double> reference(const Case& c, isa::functional::Arrays in) {
  const double scale = c.node.scale == 0 ? 1 / std::sqrt(double(c.width)) : c.node.scale;
  const Array &q = in.at("q"), &k = in.at("k"), &v = in.at("v");
  const std::int64_t heads = c.node.heads, group = heads / c.node.kv_heads;
  std::vector<double> y;
  for (std::int64_t line = 0; line < c.batch * heads * c.rows; ++line) {
    const std::int64_t n = line / (heads * c.rows), head = line / c.rows % heads,
                       row = line % c.rows, matrix = n * c.node.kv_heads + head / group;
    std::vector<double> p;
    double sum = 0;
    for (std::int64_t t = 0; t < c.tokens; ++t) {
      double score = 0;
      for (std::int64_t d = 0; d < c.width; ++d) {
        score += q.values[std::size_t(line * c.width + d)] *
                 k.values[std::size_t((matrix * c.tokens + t) * c.width + d)];
      }
      score *= scale;
      const double mask = c.mask == Mask::none ? 0 : broadcast(in.at("mask"), {n, head, row, t});
      const bool hidden =
          (c.node.causal && t > row + c.tokens - c.rows) || (c.mask == Mask::of_truth && mask == 0);
      p.push_back(hidden ? 0 : std::exp(score + (c.mask == Mask::added ? mask : 0)));
      sum += p.back();
    }
    for (std::int64_t d = 0; d < c.value_width; ++d) {
      double out = 0;
      for (std::int64_t t = 0; t < c.tokens; ++t)
        out +=
            p[std::size_t(t)] * v.values[std::size_t((matrix * c.tokens + t) * c.value_width + d)];
      y.push_back(sum == 0 ? 0 : out / sum);
    }
  }
  return y;
}

/// Two roundings to bf16 (probabilities, result) of values up to 2; of scores too when they go
/// through memory.
constexpr double kClose = 0.03, kCloseThroughMemory = 0.1;

void require_values(const Case& c, const Target& target, AttentionForm form,
                    const isa::functional::Arrays& inputs) {
  isa::MemoryProgram program;
  GraphOptions options;
  options.weights = WeightFormat::bf16;
  options.attention = form;
  lower(graph_of(c), options, target, program);
  const isa::CheckTarget check = test::as_checked(target);
  const isa::CheckReport report = isa::check(program, check);
  for (const auto& finding : report.errors) FAIL(finding.text());
  isa::functional::RunOptions run;
  run.inputs = inputs;
  run.orders = isa::functional::Orders::all;
  const auto result = isa::functional::run(program, check, run);
  REQUIRE(result.differences.empty());
  const auto& got = result.outputs.at("y").array.values;
  const auto expected = reference(c, inputs);
  REQUIRE(got.size() == expected.size());
  const double close = form == AttentionForm::unfused ? kCloseThroughMemory : kClose;
  for (std::size_t i = 0; i < got.size(); ++i) {
    CAPTURE(i);
    REQUIRE(std::abs(got[i] - expected[i]) <= close);
  }
}

Case random_case(Random& random) {
  Case c;
  c.batch = random.between(1, 2);
  c.node.kv_heads = random.between(1, 3);
  c.node.heads = c.node.kv_heads * random.between(1, 3);
  c.node.causal = random.coin();
  c.node.scale = random.coin() ? 0 : 0.5;
  c.rows = random.between(1, 40), c.tokens = random.between(1, 90);
  c.width = random.between(1, 20), c.value_width = random.between(1, 20);
  return c;
}

isa::functional::Arrays inputs_of(Random& random, const Case& c) {
  isa::functional::Arrays inputs;
  const graph::Graph graph = graph_of(c);
  for (const graph::TensorId id : graph.inputs) {
    inputs[graph.tensors[id].name] = any_array(random, graph.tensors[id].shape, -16, 16);
  }
  if (c.mask == Mask::of_truth) {
    for (double& value : inputs["mask"].values) value = random.coin() ? 1 : 0;
  }
  return inputs;
}

Target random_target(Random& random) {
  Target target = test::large_target();
  target.cores = static_cast<std::uint32_t>(random.between(1, 5));
  target.spm_bytes = Bytes{std::int64_t{1} << random.between(14, 16)};
  target.acc_bytes = Bytes{std::int64_t{1} << random.between(12, 14)};
  target.queue_depth = static_cast<std::size_t>(random.between(2, 8));
  return target;
}

}  // namespace

TEST_CASE("Attention nodes are scaled and causal, in every form", "[lowering]") {
  Random random{21};
  for (int i = 0; i < 40; ++i) {
    const Case c = random_case(random);
    const Target target = random_target(random);
    const auto inputs = inputs_of(random, c);
    CAPTURE(i, c.batch, c.node.heads, c.node.kv_heads, c.rows, c.tokens, c.width, c.value_width,
            c.node.causal, c.node.scale);
    require_values(c, target, AttentionForm::automatic, inputs);
    require_values(c, target, AttentionForm::unfused, inputs);
  }
}

TEST_CASE("Masks are added to scores or hide them, broadcast or whole", "[lowering]") {
  Random random{22};
  for (int i = 0; i < 40; ++i) {
    Case c = random_case(random);
    c.mask = random.coin() ? Mask::added : Mask::of_truth;
    const auto one_or = [&](std::int64_t extent) { return random.coin() ? 1 : extent; };
    c.mask_shape = {one_or(c.batch), one_or(c.node.heads), one_or(c.rows), c.tokens};
    if (c.mask_shape[0] == 1 && random.coin()) c.mask_shape.erase(c.mask_shape.begin());
    if (c.node.causal) c.tokens = c.mask_shape.back() = std::max(c.rows, c.tokens);
    auto inputs = inputs_of(random, c);
    if (c.mask == Mask::of_truth) {  // the first token counts for all
      for (std::size_t at = 0; at < inputs["mask"].values.size(); at += std::size_t(c.tokens))
        inputs["mask"].values[at] = 1;
    }
    CAPTURE(i, c.batch, c.node.heads, c.node.kv_heads, c.rows, c.tokens, c.node.causal);
    require_values(c, random_target(random), AttentionForm::automatic, inputs);
  }
}

TEST_CASE("Scores far over all that causality leaves do not show", "[lowering]") {
  Case c;
  c.node.causal = true;
  c.node.scale = 1;
  c.rows = c.tokens = 64;
  c.width = c.value_width = 4;
  Target target = test::large_target();
  target.acc_bytes = Bytes{4 << 10};  // several chunks
  target.spm_bytes = Bytes{32 << 10};
  Random random{23};
  auto inputs = inputs_of(random, c);
  // The last key, which only the last row sees, scores 400: beside it all others are nothing.
  for (double& value : inputs["q"].values) value = 1;
  for (std::int64_t d = 0; d < c.width; ++d)
    inputs["k"].values[std::size_t((c.tokens - 1) * c.width + d)] = 100;
  require_values(c, target, AttentionForm::fused, inputs);
}

TEST_CASE("A mask that only the fused form can read is refused by the node's name", "[lowering]") {
  Case c;
  c.rows = c.tokens = 8;
  c.width = c.value_width = 4;
  c.mask = Mask::of_truth;
  c.mask_shape = {8, 8};
  isa::MemoryProgram program;
  GraphOptions options;
  options.attention = AttentionForm::unfused;
  CHECK_THROWS_WITH(lower(graph_of(c), options, test::large_target(), program),
                    Catch::Contains("node attend") && Catch::Contains("mask"));
}
