// SPDX-License-Identifier: Apache-2.0
// Lowered convolutions and products compute what the formulas say, to the integer.
#include <catch2/catch.hpp>

#include "isa/memory_program.h"
#include "tests/traces/lowering/graph/layer_cases.h"
#include "tests/traces/lowering/targets.h"

using namespace npulse;
using namespace npulse::lowering;
using namespace npulse::test;

namespace {

/// Transfers of few channels, products in steps, accumulators preset and whole tiles in turn, as
/// Gemmini's library has them.
TilingRule in_small_steps(const Target& target, std::int64_t channels) {
  return [&target, channels](const ContractionStep& step, const std::string&) {
    Formats formats;
    formats.weight = isa::DataType::i8;
    formats.activation = isa::DataType::i8;
    formats.accumulator = isa::DataType::i32;
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
