// SPDX-License-Identifier: Apache-2.0
// Nodes that lowering only costs are named; those that it does not name have exact values.
#include <catch2/catch.hpp>

#include "isa/functional/run.h"
#include "isa/memory_program.h"
#include "tests/traces/lowering/targets.h"
#include "traces/lowering/graph/lower_graph.h"

using namespace npulse;
using namespace npulse::lowering;

namespace {

using graph::Node, graph::Operation, graph::TensorId;
using Shape = std::vector<std::int64_t>;
using Values = std::vector<double>;

/// One node on inputs of these shapes; further ones are constant.
graph::Graph one_node(const Operation& operation, const std::vector<Shape>& inputs, Shape out) {
  graph::Graph graph;
  graph.name = "one";
  std::vector<TensorId> ids;
  for (const Shape& shape : inputs) {
    ids.push_back(graph.tensors.size());
    graph.tensors.push_back(
        {"t" + std::to_string(ids.back()), graph::Type::bf16, shape, ids.back() > 0});
  }
  graph.inputs = {0};
  graph.outputs = {graph.tensors.size()};
  graph.tensors.push_back({"y", graph::Type::bf16, std::move(out), false});
  graph.nodes = {{"n", operation, ids, graph.outputs, ""}};
  return graph;
}

isa::functional::RunResult executed(const graph::Graph& graph,
                                    const isa::functional::Arrays& inputs = {}) {
  const Target target = test::large_target();
  isa::MemoryProgram program;
  GraphOptions options;
  options.weights = WeightFormat::bf16;
  lower(graph, options, target, program);
  isa::functional::RunOptions run;
  run.inputs = inputs;
  return isa::functional::run(program, test::as_checked(target), run);
}

void require_warning(const graph::Graph& graph, const std::string& what) {
  const auto warnings = executed(graph).warnings;
  REQUIRE(warnings.size() == 1);
  CHECK_THAT(warnings[0], Catch::Contains("'" + what + "'"));
}

void require_values(const Operation& operation, const Shape& shape,
                    const isa::functional::Arrays& inputs, const Values& expected) {
  std::vector<Shape> shapes;
  for (const auto& [name, array] : inputs) shapes.push_back(array.shape);
  const auto result = executed(one_node(operation, shapes, shape), inputs);
  CHECK(result.warnings.empty());
  CHECK(result.outputs.at("y").array.values == expected);
}

}  // namespace

TEST_CASE("Functional runs warn of nodes that are right in cost only, by what they are",
          "[lowering]") {
  const Shape x{4, 6};
  require_warning(one_node(graph::Softmax{0}, {x}, x), "softmax along another axis than the last");
  require_warning(one_node(graph::Layout{"transpose", {1, 0}}, {x}, {6, 4}), "layout transpose");
  require_warning(one_node(graph::Elementwise{"erf"}, {x}, x), "elementwise erf");
  require_warning(one_node(graph::Elementwise{"mul"}, {x, {}}, x),
                  "elementwise mul with a broadcast or scalar operand");
  require_warning(one_node(graph::Reduce{"mean", {-1}}, {x}, {4, 1}), "reduce mean");
  require_warning(one_node(graph::Reduce{"sum", {0}}, {x}, {1, 6}),
                  "reduce along other axes than the last");
  require_warning(one_node(graph::Norm{graph::NormKind::group, 1}, {{1, 4, 2, 2}}, {1, 4, 2, 2}),
                  "group norm");
}

TEST_CASE("What is not warned of is exact", "[lowering]") {
  const isa::functional::Array x{{2, 3}, {-4, -1, 0, 2, 5, 9}}, row{{3}, {1, 2, 3}};
  require_values(graph::Elementwise{"neg"}, x.shape, {{"t0", x}}, {4, 1, 0, -2, -5, -9});
  require_values(graph::Elementwise{"relu6"}, x.shape, {{"t0", x}}, {0, 0, 0, 2, 5, 6});
  require_values(graph::Elementwise{"sub"}, x.shape, {{"t0", x}, {"t1", row}},
                 {-5, -3, -3, 1, 3, 6});
  require_values(graph::Elementwise{"max"}, x.shape, {{"t0", x}, {"t1", row}}, {1, 2, 3, 2, 5, 9});
  require_values(graph::Reduce{"sum", {1}}, {2, 1}, {{"t0", x}}, {-5, 16});
  require_values(graph::Reduce{"max", {-1}}, {2}, {{"t0", x}}, {0, 9});
}

TEST_CASE("A difference from what a product gives is not turned round when it fuses",
          "[lowering]") {
  graph::Graph graph;
  graph.name = "difference";
  const auto tensor = [&](const char* name, Shape shape, bool constant) {
    graph.tensors.push_back({name, graph::Type::bf16, std::move(shape), constant});
  };
  tensor("a", {2, 2}, false), tensor("b", {2, 2}, true), tensor("c", {2, 2}, false);
  tensor("d", {2, 2}, false), tensor("e", {2, 2}, false), tensor("f", {2, 2}, false);
  graph.inputs = {0, 2};
  graph.nodes = {{"product", graph::Matmul{}, {0, 1}, {3}, ""},
                 {"difference", graph::Elementwise{"sub"}, {2, 3}, {4}, ""},
                 {"square", graph::Elementwise{"mul"}, {4, 4}, {5}, ""}};
  graph.outputs = {5};
  const auto result = executed(graph, {{"a", {{2, 2}, {1, 2, 3, 4}}},
                                       {"b", {{2, 2}, {1, 0, 0, 1}}},
                                       {"c", {{2, 2}, {2, 2, 2, 2}}}});
  CHECK(result.warnings.empty());
  CHECK(result.outputs.at("f").array.values == Values{1, 0, 1, 4});
}
