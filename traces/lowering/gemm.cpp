// SPDX-License-Identifier: Apache-2.0
#include "traces/lowering/gemm.h"

namespace npulse::lowering {

graph::Graph graph_of(const Gemm& gemm) {
  const auto type = graph::Type::fp32;
  graph::Graph graph;
  graph.name = name_of(gemm);
  graph.tensors = {{"a", type, {gemm.m, gemm.k}, false},
                   {"b", type, {gemm.k, gemm.n}, true},
                   {"c", type, {gemm.m, gemm.n}, false}};
  graph.nodes = {{"gemm", graph::Matmul{}, {0, 1}, {2}, ""}};
  graph.inputs = {0};
  graph.outputs = {2};
  return graph;
}

GraphOptions graph_options(const Options& options, const Target& target) {
  GraphOptions made;
  made.weights = options.weights;
  made.activations = options.activations;
  made.results = settle_formats(options, target).residual;
  made.mapping = options.mapping;
  return made;
}

}  // namespace npulse::lowering
