// SPDX-License-Identifier: Apache-2.0
// Multiplications, parameters and bytes against closed forms, and against counting one by one.
#include "traces/graph/counts.h"

#include <catch2/catch.hpp>
#include <random>

#include "tests/traces/graph/graphs.h"

using namespace npulse;
using namespace npulse::graph;
using namespace npulse::test;

namespace {

std::int64_t checked_macs(const Graph& graph) {
  REQUIRE(faults_of(graph).empty());
  return count(graph).macs;
}

/// Counts the multiplications of a convolution by doing it: each output element takes one a weight
/// of its filter (of a transposed one: each input element gives one a weight).
std::int64_t counted(const Conv& conv, const Shape& x, const Shape& w, const Shape& out) {
  std::int64_t macs = 0;
  const Shape& walked = conv.transposed ? x : out;
  const std::int64_t filters = w[1];
  for (std::int64_t element = 0; element < walked[0] * walked[1] * walked[2] * walked[3]; ++element)
    for (std::int64_t filter = 0; filter < filters; ++filter) macs += w[2] * w[3];
  return macs;
}

}  // namespace

TEST_CASE("A convolution multiplies oh ow kh kw c / groups times oc", "[graph]") {
  const Shape x{1, 8, 10, 10};
  CHECK(checked_macs(one_node(Conv{}, {x, {16, 8, 3, 3}}, {1, 16, 8, 8})) ==
        8 * 8 * 3 * 3 * 8 * 16);
  const Conv grouped{{1, 1}, {1, 1}, {}, 4, false, {}};
  CHECK(checked_macs(one_node(grouped, {x, {16, 2, 3, 3}}, {1, 16, 8, 8})) ==
        8 * 8 * 3 * 3 * (8 / 4) * 16);
  const Conv depthwise{{1, 1}, {1, 1}, {1, 1, 1, 1}, 8, false, {}};
  CHECK(checked_macs(one_node(depthwise, {x, {8, 1, 3, 3}}, {1, 8, 10, 10})) ==
        10 * 10 * 3 * 3 * 8);
  const Conv dilated{{1, 1}, {2, 2}, {}, 1, false, {}};
  CHECK(checked_macs(one_node(dilated, {x, {16, 8, 3, 3}}, {1, 16, 6, 6})) ==
        6 * 6 * 3 * 3 * 8 * 16);
}

TEST_CASE("A transposed convolution multiplies once an input element and weight", "[graph]") {
  const Conv transposed{{2, 2}, {1, 1}, {}, 1, true, {}};
  CHECK(checked_macs(one_node(transposed, {{1, 8, 5, 5}, {8, 4, 3, 3}}, {1, 4, 11, 11})) ==
        5 * 5 * 8 * 4 * 3 * 3);
}

TEST_CASE("Random convolutions multiply as often as a loop over them", "[graph]") {
  std::mt19937_64 random{7};
  const auto draw = [&](std::int64_t most) {
    return 1 + static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(most));
  };
  for (int round = 0; round < 300; ++round) {
    Conv conv{{draw(3), draw(3)}, {draw(2), draw(2)}, {}, draw(3), round % 2 == 0, {}};
    const std::int64_t in = draw(3), out = draw(3);
    const Shape x{draw(2), in * conv.groups, 6 + draw(4), 6 + draw(4)};
    const Shape w = conv.transposed ? Shape{x[1], out, draw(3), draw(3)}
                                    : Shape{out * conv.groups, in, draw(3), draw(3)};
    Shape y{x[0], out * conv.groups, 0, 0};
    for (const std::size_t d : {0, 1}) {
      const Window window{w[d + 2], conv.stride[d], conv.dilation[d], 0, 0};
      y[d + 2] = conv.transposed ? spread(window, x[d + 2], 0) : positions(window, x[d + 2]);
    }
    CHECK(checked_macs(one_node(conv, {x, w}, y)) == counted(conv, x, w, y));
  }
}

TEST_CASE("A batched product multiplies m n k times the broadcast batch", "[graph]") {
  CHECK(checked_macs(one_node(Matmul{}, {{7, 4}, {4, 5}}, {7, 5})) == 7 * 4 * 5);
  CHECK(checked_macs(one_node(Matmul{true, true}, {{4, 7}, {5, 4}}, {7, 5})) == 7 * 4 * 5);
  CHECK(checked_macs(one_node(Matmul{}, {{3, 1, 7, 4}, {2, 4, 5}}, {3, 2, 7, 5})) ==
        3 * 2 * 7 * 4 * 5);
}

TEST_CASE("Attention multiplies for the scores and for the values, where the mask lets it",
          "[graph]") {
  const auto macs = [](bool causal, std::int64_t rows, std::int64_t columns) {
    return checked_macs(one_node(Attention{8, 2, causal},
                                 {{2, 8, rows, 16}, {2, 2, columns, 16}, {2, 2, columns, 12}},
                                 {2, 8, rows, 12}));
  };
  for (const std::int64_t rows : {1, 4, 9}) {
    for (const std::int64_t columns : {1, 4, 9}) {
      std::int64_t visible = 0;
      for (std::int64_t row = 0; row < rows; ++row) {
        visible += std::max<std::int64_t>(0, columns - (rows - 1 - row));
      }
      CHECK(macs(false, rows, columns) == 2 * 8 * rows * columns * (16 + 12));
      CHECK(macs(true, rows, columns) == 2 * 8 * visible * (16 + 12));
    }
  }
}

TEST_CASE("Parameters are constants but masks and indices, each once and in its own bits",
          "[graph]") {
  Graph graph = one_node(Matmul{}, {{2, 5}, {5, 3}}, {2, 3});
  const auto again = add_tensor(graph, {2, 3});
  add_node(graph, Matmul{}, {0, 1}, {again});
  graph.tensors[1].type = Type::i4;
  for (const Type type : {Type::i1, Type::i64}) {
    graph.nodes[0].inputs.push_back(add_tensor(graph, {3}, true, type));
  }
  graph.nodes[0].operation = Opaque{"x"};
  REQUIRE(faults_of(graph).empty());
  const Counts total = count(graph);
  CHECK(total.parameters == 5 * 3);
  CHECK(total.weights == Bytes{(5 * 3 * 4 + 7) / 8});
  CHECK(total.activations == Bytes{2 * 5 + 2 * 3 + 2 * 3});
  const Counts second = count(graph, graph.nodes[1]);
  CHECK(second.macs == 2 * 5 * 3);
  CHECK(second.parameters == 5 * 3);
  CHECK(second.activations == Bytes{2 * 5 + 2 * 3});
  CHECK(total.macs == second.macs);
}

TEST_CASE("Each type takes its bits", "[graph]") {
  const std::vector<std::pair<Type, std::int64_t>> bits{
      {Type::i1, 1},    {Type::i4, 4},    {Type::i8, 8},   {Type::i16, 16},
      {Type::i32, 32},  {Type::i64, 64},  {Type::fp8, 8},  {Type::bf16, 16},
      {Type::fp16, 16}, {Type::fp32, 32}, {Type::fp64, 64}};
  CHECK(bits.size() == enum_names(Type{}).size());
  for (const auto& [type, each] : bits) {
    CHECK(bytes_of({"x", type, {3, 5}, false}) == Bytes{(15 * each + 7) / 8});
  }
  CHECK(bytes_of({"scalar", Type::fp32, {}, false}) == Bytes{4});
}
