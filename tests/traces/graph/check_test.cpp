// SPDX-License-Identifier: Apache-2.0
// What makes a graph sound, and that all that is wrong is said at once.
#include "traces/graph/check.h"

#include <catch2/catch.hpp>

#include "tests/traces/graph/graphs.h"
#include "traces/graph/text.h"

using namespace npulse;
using namespace npulse::graph;
using namespace npulse::test;

namespace {

/// The only fault, or all of them in a row.
std::string fault_text(const Graph& graph) {
  std::string text;
  for (const Diagnostic& fault : faults_of(graph)) text += fault.text() + "\n";
  return text;
}

void require_fault(const Graph& graph, const std::string& says) {
  const auto faults = faults_of(graph);
  INFO(fault_text(graph));
  REQUIRE(faults.size() == 1);
  CHECK_THAT(faults[0].text(), Catch::Contains(says));
}

/// Sound as it is; with its output one longer in any dimension it is not.
void require_exact(const Operation& operation, const std::vector<Shape>& inputs,
                   const Shape& output) {
  CAPTURE(name_of(operation), output);
  CHECK(fault_text(one_node(operation, inputs, output)) == "");
  for (std::size_t i = 0; i < output.size(); ++i) {
    Shape longer = output;
    ++longer[i];
    CHECK_THAT(fault_text(one_node(operation, inputs, longer)),
               Catch::Contains("the output is " + shape_text(longer)));
  }
}

}  // namespace

TEST_CASE("A graph with every operation is sound", "[graph]") {
  CHECK(fault_text(every_operation()) == "");
}

TEST_CASE("A convolution's output follows from window, stride, dilation, pads and groups",
          "[graph]") {
  require_exact(Conv{}, {{2, 3, 8, 6}, {5, 3, 3, 3}, {5}}, {2, 5, 8 - 2, 6 - 2});
  require_exact(Conv{{4, 4}, {1, 1}, {}, 1, false, {}}, {{1, 3, 224, 224}, {96, 3, 11, 11}},
                {1, 96, (224 - 11) / 4 + 1, (224 - 11) / 4 + 1});
  require_exact(Conv{{1, 1}, {2, 3}, {1, 2, 3, 4}, 1, false, {}}, {{1, 1, 9, 9}, {1, 1, 3, 2}},
                {1, 1, 9 + 1 + 3 - 2 * 2, 9 + 2 + 4 - 3});
  require_exact(Conv{{1, 1}, {1, 1}, {}, 6, false, {}}, {{1, 6, 4, 4}, {12, 1, 1, 1}},
                {1, 12, 4, 4});
  require_exact(Conv{{2, 2}, {1, 1}, {1, 1, 1, 1}, 2, true, {1, 0}},
                {{1, 4, 5, 5}, {4, 3, 3, 3}, {6}}, {1, 6, 4 * 2 + 3 - 2 + 1, 4 * 2 + 3 - 2});
}

TEST_CASE("A product's leading dimensions broadcast", "[graph]") {
  require_exact(Matmul{}, {{7, 4}, {4, 5}}, {7, 5});
  require_exact(Matmul{true, true}, {{4, 7}, {5, 4}, {5}}, {7, 5});
  require_exact(Matmul{}, {{3, 1, 7, 4}, {2, 4, 5}}, {3, 2, 7, 5});
  require_fault(one_node(Matmul{}, {{7, 4}, {5, 4}}, {7, 4}), "their inner lengths differ");
  require_fault(one_node(Matmul{}, {{3, 7, 4}, {2, 4, 5}}, {3, 7, 5}), "do not broadcast");
  require_fault(one_node(Matmul{}, {{4}, {4, 5}}, {5}), "at least 2 dimensions");
}

TEST_CASE("The shapes of the other operations follow from their inputs", "[graph]") {
  require_exact(Attention{8, 2, true}, {{1, 8, 5, 16}, {1, 2, 9, 16}, {1, 2, 9, 12}},
                {1, 8, 5, 12});
  require_exact(Attention{8, 2}, {{3, 8, 5, 16}, {3, 2, 9, 16}, {3, 2, 9, 12}, {3, 1, 1, 9}},
                {3, 8, 5, 12});
  require_exact(Softmax{-1}, {{2, 3}}, {2, 3});
  require_exact(Norm{NormKind::batch, 1}, {{1, 4, 2, 2}, {4}, {4}}, {1, 4, 2, 2});
  require_exact(Pool{PoolKind::max, {3, 2}, {2, 2}, {1, 0, 0, 0}}, {{1, 4, 8, 8}}, {1, 4, 4, 4});
  require_exact(Elementwise{"add"}, {{4, 1, 3}, {2, 1}}, {4, 2, 3});
  require_exact(Elementwise{"dequantise"}, {{4, 2, 3}, {2}}, {4, 2, 3});
  require_exact(Layout{"transpose", {1, 2, 0}}, {{2, 3, 4}}, {3, 4, 2});
}

TEST_CASE("Reductions keep or drop what they reduce, and layouts keep their elements", "[graph]") {
  const Reduce sum{"sum", {1, -1}};
  CHECK(faults_of(one_node(sum, {{2, 3, 4}}, {2, 1, 1})).empty());
  CHECK(faults_of(one_node(sum, {{2, 3, 4}}, {2})).empty());
  require_fault(one_node(sum, {{2, 3, 4}}, {2, 4}), "must be [2, 1, 1] or [2]");
  require_fault(one_node(Reduce{"sum", {1, -2}}, {{2, 3, 4}}, {2, 4}), "axis -2 is given twice");
  require_fault(one_node(Layout{"reshape", {}}, {{2, 3}, {2}}, {5}), "but 6 go in and 5 come out");
  CHECK(faults_of(one_node(Layout{"concat", {}}, {{2, 3}, {4, 3}}, {6, 3})).empty());
  require_fault(one_node(Layout{"transpose", {0, 0}}, {{2, 3}}, {2, 3}), "does not order");
}

TEST_CASE("Attributes beyond their limits are refused before they are used", "[graph]") {
  const std::vector<Shape> shapes{{1, 1, 4, 4}, {1, 1, 1, 1}};
  const Shape out{1, 1, 4, 4};
  const std::int64_t huge = INT64_MAX;
  require_fault(one_node(Conv{{0, 1}, {1, 1}, {}, 1, false, {}}, shapes, out), "stride 0");
  require_fault(one_node(Conv{{1, 1}, {1, huge}, {}, 1, false, {}}, shapes, out), "dilation 9");
  require_fault(one_node(Conv{{1, 1}, {1, 1}, {0, 0, -1, 0}, 1, false, {}}, shapes, out),
                "pad -1 is not between 0 and");
  require_fault(one_node(Conv{{1, 1}, {1, 1}, {}, 3, false, {}}, shapes, out),
                "the input has 1 channels, weights [1, 1, 1, 1] in 3 groups take 3");
  require_fault(
      one_node(Attention{3, 2, false}, {{1, 3, 1, 1}, {1, 2, 1, 1}, {1, 2, 1, 1}}, {1, 3, 1, 1}),
      "kv_heads 2 does not divide heads 3");
  const std::vector<Shape> masked{{1, 2, 3, 4}, {1, 2, 3, 4}, {1, 2, 3, 4}, {4, 3}};
  require_fault(one_node(Attention{2, 2}, masked, {1, 2, 3, 4}),
                "does not broadcast to [1, 2, 3, 3]");
  require_fault(one_node(Attention{1, 1, false, -1}, {{1, 1, 1, 1}, {1, 1, 1, 1}, {1, 1, 1, 1}},
                         {1, 1, 1, 1}),
                "scale -1 is not from 0");
  require_fault(one_node(Softmax{2}, {{2, 3}}, {2, 3}), "axis 2 is outside the 2 dimensions");
}

TEST_CASE("Sizes that would leave 64 bits are refused", "[graph]") {
  require_fault(one_node(Opaque{"x"}, {{kMaxDimension + 1}}, {1}), "is not between 1 and");
  require_fault(one_node(Opaque{"x"}, {{kMaxDimension, 1 << 17}}, {1}), "2^48 elements");
  require_fault(one_node(Matmul{}, {{1 << 24, 1 << 24}, {1 << 24, 1 << 24}}, {1 << 24, 1 << 24}),
                "2^60 multiplications");
  require_fault(one_node(Opaque{"x"}, {{0}}, {1}), "dimension 0 is not between 1");
  CHECK(faults_of(one_node(Opaque{"x"}, {{1}, {0}}, {1})).empty());
}

TEST_CASE("Tensors are made once, before they are read, and constants never", "[graph]") {
  Graph graph = one_node(Elementwise{"relu"}, {{4}}, {4});
  add_node(graph, Elementwise{"relu"}, {0}, {1});
  require_fault(graph, "'t1' is made twice");
  graph = one_node(Elementwise{"relu"}, {{4}}, {4});
  graph.inputs.clear();
  CHECK(faults_of(graph).size() == 2);
  CHECK_THAT(fault_text(graph), Catch::Contains("reads 't0' before it is made") &&
                                    Catch::Contains("tensors.0 't0': nothing makes it"));
  graph.tensors[0].constant = true;
  CHECK(faults_of(graph).empty());
  graph.inputs = {0};
  require_fault(graph, "is a constant and cannot be made");
  graph.inputs = {7};
  require_fault(graph, "inputs.0: tensor 7 does not exist, there are 2");
}

TEST_CASE("Masks are not multiplied, and what moves elements keeps their type", "[graph]") {
  Graph graph = one_node(Matmul{}, {{2, 2}, {2, 2}}, {2, 2});
  graph.tensors[1].type = Type::i1;
  require_fault(graph, "multiplies 't1' of type i1");
  graph = one_node(Layout{"reshape", {}}, {{4}}, {2, 2});
  graph.tensors[1].type = Type::fp16;
  require_fault(graph, "'t0' is i8 and 't1' is fp16");
  graph.nodes[0].operation = Layout{"cast", {}};
  CHECK(faults_of(graph).empty());
}

TEST_CASE("Every fault is named in one pass, with its place and source", "[graph]") {
  Graph graph = every_operation();
  graph.tensors[0].name = "t1";
  graph.nodes[0].operation = Conv{{9, 9}, {1, 1}, {}, 2, false, {}};
  graph.nodes[3].name = "";
  graph.nodes[4].operation = Norm{NormKind::layer, 9};
  graph.nodes[5].name = "\xFF";
  const auto faults = faults_of(graph, "f.json");
  REQUIRE(faults.size() == 5);
  CHECK(faults[0].where == "f.json: tensors.1 't1'");
  CHECK(faults[1].where == "f.json: nodes.0 'n0' (net.csv:2:1)");
  CHECK(faults[2].message == "has no name");
  CHECK_THAT(faults[3].message, Catch::Contains("axis 9"));
  CHECK(faults[4].message == "the name is not UTF-8");
}

TEST_CASE("UTF-8 ends where a character is cut, overlong, a surrogate or too large", "[graph]") {
  for (const std::string good : {"", "a", "\xC3\xA9", "\xEA\xB0\x80", "\xF0\x9F\x98\x80"}) {
    CHECK_FALSE(first_malformed(good).has_value());
    if (good.size() > 1) CHECK(first_malformed("a" + good.substr(0, good.size() - 1)) == 1U);
  }
  for (const std::string bad : {"\x80", "\xC0\xAF", "\xE0\x9F\xBF", "\xED\xA0\x80",
                                "\xF0\x8F\xBF\xBF", "\xF4\x90\x80\x80", "\xFF"}) {
    CHECK(first_malformed("ab" + bad) == 2U);
  }
}
