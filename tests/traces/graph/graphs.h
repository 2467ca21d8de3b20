// SPDX-License-Identifier: Apache-2.0
// Graphs for tests, built node by node.
#pragma once

#include "sim/core/error.h"
#include "traces/graph/check.h"
#include "traces/graph/fields.h"
#include "traces/graph/shapes.h"

namespace npulse::test {

inline graph::TensorId add_tensor(graph::Graph& graph, graph::Shape shape, bool constant = false,
                                  graph::Type type = graph::Type::i8) {
  const graph::TensorId id = graph.tensors.size();
  graph.tensors.push_back({"t" + std::to_string(id), type, std::move(shape), constant});
  return id;
}

inline void add_node(graph::Graph& graph, graph::Operation operation,
                     std::vector<graph::TensorId> inputs, std::vector<graph::TensorId> outputs) {
  graph.nodes.push_back({"n" + std::to_string(graph.nodes.size()), std::move(operation),
                         std::move(inputs), std::move(outputs), ""});
}

/// One node: the first input comes from outside, the others are constants unless `all_inputs`.
inline graph::Graph one_node(graph::Operation operation, const std::vector<graph::Shape>& inputs,
                             const graph::Shape& output, bool all_inputs = false) {
  graph::Graph graph;
  graph.name = "one";
  std::vector<graph::TensorId> ids;
  for (const graph::Shape& shape : inputs) {
    ids.push_back(add_tensor(graph, shape, !all_inputs && !ids.empty()));
    if (!graph.tensors.back().constant) graph.inputs.push_back(ids.back());
  }
  graph.outputs = {add_tensor(graph, output)};
  add_node(graph, std::move(operation), ids, graph.outputs);
  return graph;
}

/// Every operation once or more, every attribute other than its default somewhere.
inline graph::Graph every_operation() {
  using namespace graph;
  Graph g;
  g.name = "every \"operation\"\n\xEA\xB0\x80";
  const auto image = add_tensor(g, {1, 4, 9, 9});
  const auto weights = add_tensor(g, {8, 2, 3, 3}, true, Type::i4);
  const auto bias = add_tensor(g, {8}, true, Type::i32);
  const auto conv = add_tensor(g, {1, 8, 4, 5}, false, Type::i32);
  add_node(g, Conv{{2, 1}, {1, 2}, {0, 0, 1, 0}, 2, false, {}}, {image, weights, bias}, {conv});
  g.nodes.back().source = "net.csv:2:1";
  const auto spread_weights = add_tensor(g, {8, 3, 2, 2}, true);
  const auto wide = add_tensor(g, {1, 3, 9, 10}, false, Type::fp16);
  add_node(g, Conv{{2, 2}, {1, 1}, {0, 0, 0, 0}, 1, true, {1, 0}}, {conv, spread_weights}, {wide});
  const auto pooled = add_tensor(g, {1, 3, 5, 5}, false, Type::fp16);
  add_node(g, Pool{PoolKind::average, {2, 2}, {2, 2}, {0, 0, 1, 0}}, {wide}, {pooled});
  const auto relu = add_tensor(g, {1, 3, 5, 5}, false, Type::fp16);
  add_node(g, Elementwise{"relu"}, {pooled}, {relu});
  const auto norm = add_tensor(g, {1, 3, 5, 5}, false, Type::fp16);
  add_node(g, Norm{NormKind::rms, 1}, {relu}, {norm});
  const auto soft = add_tensor(g, {1, 3, 5, 5}, false, Type::bf16);
  add_node(g, Softmax{2}, {norm}, {soft});
  const auto turned = add_tensor(g, {1, 5, 5, 3}, false, Type::bf16);
  add_node(g, Layout{"transpose", {0, 2, 3, 1}}, {soft}, {turned});
  const auto product = add_tensor(g, {1, 5, 3, 3}, false, Type::fp32);
  add_node(g, Matmul{true, false}, {turned, turned}, {product});
  const auto second = add_tensor(g, {1, 5, 3, 3}, false, Type::fp32);
  add_node(g, Matmul{false, true}, {product, product}, {second});
  const auto heads = add_tensor(g, {1, 5, 3, 3}, false, Type::fp32);
  add_node(g, Attention{5, 5, true, 0.25}, {product, second, second}, {heads});
  const auto sum = add_tensor(g, {1, 5, 3}, false, Type::fp32);
  add_node(g, Reduce{"sum", {-1}}, {heads}, {sum});
  const auto flat = add_tensor(g, {15}, false, Type::fp32);
  add_node(g, Layout{"reshape", {}}, {sum}, {flat});
  const auto out = add_tensor(g, {}, false, Type::fp64);
  add_node(g, Opaque{"Mystery"}, {flat}, {out});
  g.inputs = {image};
  g.outputs = {out, conv};
  return g;
}

inline std::vector<Diagnostic> faults_of(const graph::Graph& graph, const std::string& file = "") {
  try {
    graph::check(graph, file);
  } catch (const InputError& error) {
    return error.faults();
  }
  return {};
}

}  // namespace npulse::test
