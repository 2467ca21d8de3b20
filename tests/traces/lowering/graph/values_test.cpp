// SPDX-License-Identifier: Apache-2.0
// Lowered convolutions and products compute what the formulas say, to the integer.
#include <catch2/catch.hpp>

#include "isa/functional/numbers.h"
#include "isa/limits.h"
#include "isa/memory_program.h"
#include "isa/rules/rules.h"
#include "tests/support/array_product.h"
#include "tests/traces/lowering/graph/layer_cases.h"
#include "tests/traces/lowering/targets.h"
#include "traces/lowering/gemm.h"
#include "traces/lowering/lower.h"

using namespace npulse;
using namespace npulse::lowering;
using namespace npulse::test;
using isa::functional::Array;

namespace {

/// Transfers of few channels, products in steps, accumulators preset and whole tiles in turn, as
/// Gemmini's library has them.
TilingRule in_small_steps(const Target& target, std::int64_t channels) {
  return [&target, channels](const ContractionStep& step, const std::string&) {
    Options as_int8;
    as_int8.weights = WeightFormat::int8;
    const Formats formats = settle_formats(as_int8, target);
    ContractionTiling tiling =
        tile_contraction({step.loops, step.extras(), formats, target}).value();
    tiling.packed_weights = tiling.keeps_operands = false;
    tiling.load_channels = channels;
    tiling.whole_tiles = true;
    tiling.preset = {channels, Cycles{1}};
    return tiling;
  };
}

}  // namespace

TEST_CASE("Random convolutions, grouped and depthwise too, equal their formula", "[lowering]") {
  Random random{11};
  for (int i = 0; i < 60; ++i) {
    const Contraction l = random_conv(random, i % 3 == 0);
    const bool relu = i % 4 == 1;
    const isa::functional::Array x = any_array(random, {l.batch, l.h, l.w, l.in_channels()});
    const isa::functional::Array w = any_array(random, {l.taps(), l.c, l.channels()});
    CAPTURE(i, l.batch, l.groups, l.c, l.oc, l.h, l.w, l.kh, l.kw, l.stride_h, l.stride_w);
    const Target target = random_target(random, i);
    for (const TilingRule& tiling : {TilingRule{}, in_small_steps(target, 1 + i % 7)}) {
      require_values(conv_graph(l, relu), target, {{"x", x}, {"w", w}}, relu ? "z" : "y",
                     reference(l, x, w, relu), {}, tiling);
    }
  }
}

TEST_CASE("Random products, batched and transposed too, equal their formula", "[lowering]") {
  Random random{12};
  for (int i = 0; i < 60; ++i) {
    const ProductCase product = random_product(random, i % 2 == 0);
    CAPTURE(i, product.graph.tensors[0].shape, product.graph.tensors[1].shape);
    const Target target = random_target(random, i);
    for (const TilingRule& tiling : {TilingRule{}, in_small_steps(target, 1 + i % 7)}) {
      require_values(product.graph, target, product.inputs, "c", product.expected, {}, tiling);
    }
  }
}

namespace {

/// Of magnitude 7 or 0, which groups of four bits and more hold exactly.
Array sevens(Random& random, std::int64_t rows, std::int64_t columns) {
  Array array{{rows, columns}, {}};
  for (std::int64_t i = 0; i < rows * columns; ++i)
    array.values.push_back(static_cast<double>(7 * random.between(-1, 1)));
  return array;
}

}  // namespace

TEST_CASE("A matrix product in memory is the product, in plain weights and in coded ones",
          "[lowering]") {
  Random random{17};
  for (int i = 0; i < 60; ++i) {
    const Gemm gemm{random.between(1, 60), random.between(1, 60), random.between(1, 300)};
    Target target = random_target(random, 0);
    target.cores = static_cast<std::uint32_t>(random.between(1, 4));
    Options options;
    options.weights = std::vector{WeightFormat::bf16, WeightFormat::int4g128,
                                  WeightFormat::int8g32}[std::size_t(i % 3)];
    isa::MemoryProgram program;
    lower(gemm, options, target, program);
    CAPTURE(i, name_of(gemm));
    REQUIRE(test::findings_of(program, target) == std::vector<std::string>{});
    const Array a = any_array(random, {gemm.m, gemm.k}), b = sevens(random, gemm.k, gemm.n);
    isa::functional::RunOptions run;
    run.inputs = {{"a", a}, {"b", b}};
    run.orders = isa::functional::Orders::all;
    const auto out = isa::functional::run(program, test::as_checked(target), run);
    REQUIRE(out.differences.empty());
    REQUIRE(out.outputs.at("c").array.values ==
            product(a, b, settle_formats(options, target).residual));
  }
}

TEST_CASE("Coded weights of a convolution are refused by its name", "[lowering]") {
  Random random{18};
  GraphOptions options;
  options.weights = WeightFormat::int4g128;
  isa::MemoryProgram program;
  const graph::Graph graph = conv_graph(random_conv(random, false), false);
  CHECK_THROWS_WITH(lower(graph, options, test::large_target(), program),
                    Catch::Contains("node conv") && Catch::Contains("int4g128") &&
                        Catch::Contains("use a plain format"));
  options.mapping = parse_mapping("layers: {gemm: {pack_weights: false}}", "map.yaml");
  CHECK_THROWS_WITH(lower(graph_of({20, 30, 40}), options, test::large_target(), program),
                    Catch::Contains("coded weights are stored tile by tile"));
}

TEST_CASE("What a graph asks for and lowering does not know is refused by the node's name",
          "[lowering]") {
  const Target target = test::large_target();
  const auto refused = [&](const graph::Graph& graph, const char* why) {
    isa::MemoryProgram program;
    CHECK_THROWS_WITH(lower(graph, {}, target, program),
                      Catch::Contains("node " + graph.nodes[0].name) && Catch::Contains(why));
  };
  Random random{3};
  graph::Graph computed = conv_graph(random_conv(random, false), false);
  computed.tensors[1].constant = false;
  computed.inputs = {0, 1};
  refused(computed, "its weights are no constant");

  Contraction wide;
  wide.h = wide.w = 4, wide.oh = 5, wide.ow = 4;  // a row of 1 x 1 windows below the image
  refused(conv_graph(wide, false), "its padding is as wide as a window");

  graph::Graph product;
  product.name = "product";
  product.tensors = {tensor("a", {1, 4, 8}), tensor("b", {3, 8, 8}), tensor("y", {3, 4, 8}),
                     tensor("bias", {8})};
  product.nodes = {{"product", graph::Matmul{}, {0, 1}, {2}, ""}};
  product.inputs = {0, 1};
  product.outputs = {2};
  refused(product, "leading dimensions broadcast");

  product.tensors[0].shape = {3, 4, 8};
  product.nodes[0].inputs = {0, 1, 3};
  product.inputs = {0, 1, 3};
  refused(product, "its third input");
}

TEST_CASE(
    "A constant that two nodes read in the same tiles lies in memory once, else once for each",
    "[lowering]") {
  Random random{5};
  Contraction l;
  l.h = l.w = l.oh = l.ow = 6;
  l.c = l.oc = 24;
  graph::Graph graph = conv_graph(l, false);
  graph.tensors.push_back(tensor("z", graph.tensors[2].shape));
  graph.nodes.push_back(graph.nodes[0]);
  graph.nodes[1].name = "again";
  graph.nodes[1].inputs = {2, 1}, graph.nodes[1].outputs = {3};
  graph.outputs = {3};
  const Array x = any_array(random, {1, l.h, l.w, l.c}), w = any_array(random, {1, l.c, l.oc});
  const Array y{x.shape, reference(l, x, w, false)};
  const std::vector<double> z = reference(l, y, w, false);
  const Target target = test::tiny_target();
  for (const bool same : {true, false}) {
    GraphOptions options;
    if (!same) options.mapping = parse_mapping("layers:\n  again:\n    tile: {k: 8}\n", "m.yaml");
    isa::MemoryProgram program;
    lower(graph, options, target, program);
    CHECK(program.header().meta.at("plan.weight_bytes") ==
          std::to_string(l.c * l.oc * (same ? 1 : 2)));
    require_values(graph, target, {{"x", x}, {"w", w}}, "z", z, options.mapping);
  }
}

TEST_CASE("Models of more constants than a program holds of other declarations are lowered",
          "[lowering]") {
  const auto chain = [](std::size_t layers) {
    graph::Graph graph;
    graph.name = "chain";
    graph.tensors = {tensor("x", {1, 1})};
    for (std::size_t i = 0; i < layers; ++i) {
      const std::string number = std::to_string(i);
      graph.tensors.push_back(tensor(("w" + number).c_str(), {1, 1}, true));
      graph.tensors.push_back(tensor(("y" + number).c_str(), {1, 1}));
      graph.nodes.push_back({"n" + number, graph::Matmul{}, {2 * i, 2 * i + 1}, {2 * i + 2}, ""});
    }
    graph.inputs = {0};
    graph.outputs = {graph.tensors.size() - 1};
    return graph;
  };
  isa::MemoryProgram program, too_large;
  lower(chain(isa::kMaxDeclarations + 1), {}, test::tiny_target(), program);
  Faults faults;
  isa::check_header(program.header(), "chain", faults);
  CHECK_NOTHROW(faults.throw_if_any());
  CHECK_THROWS_WITH(lower(chain(isa::kMaxTensors), {}, test::tiny_target(), too_large),
                    Catch::Contains("a program holds 65536"));
}
