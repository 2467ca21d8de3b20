// SPDX-License-Identifier: Apache-2.0
#include "traces/graph/counts.h"

#include <algorithm>
#include <set>

#include "sim/core/error.h"
#include "traces/graph/shapes.h"

namespace npulse::graph {
namespace {

/// Factors of the number of multiplications, one visit a kind of operation; none: no
/// multiplication.
class MacFactors {
 public:
  MacFactors(const Graph& graph, const Node& node) : graph_{graph}, node_{node} {}

  Shape operator()(const Conv& conv) const {
    const Shape& weights = input(1);
    // Each element of the smaller side meets one filter of its group.
    Shape factors = conv.transposed ? input(0) : output();
    factors.insert(factors.end(), weights.begin() + 1, weights.end());
    return factors;
  }
  Shape operator()(const Matmul& matmul) const {
    Shape factors = output();
    factors.push_back(matmul.a_transposed ? input(0).end()[-2] : input(0).end()[-1]);
    return factors;
  }
  Shape operator()(const Attention& attention) const {
    const Shape &q = input(0), &k = input(1), &v = input(2);
    return {q[0], attention.heads, scores(attention, q[2], k[2]), q[3] + v[3]};
  }
  template <class Other>
  Shape operator()(const Other&) const {
    return {0};
  }

 private:
  const Shape& input(std::size_t i) const { return graph_.tensors[node_.inputs[i]].shape; }
  const Shape& output() const { return graph_.tensors[node_.outputs[0]].shape; }

  /// The last row sees all columns, each row above it one less; a product beyond limits stays so.
  static std::int64_t scores(const Attention& attention, std::int64_t rows, std::int64_t columns) {
    const auto all = product(Shape{rows, columns}, kMaxTotal);
    if (!attention.causal || !all) return all.value_or(kMaxTotal);
    const std::int64_t seeing = std::min(rows, columns);
    return seeing * columns - seeing * (seeing - 1) / 2;
  }

  const Graph& graph_;
  const Node& node_;
};

void add_tensor(Counts& counts, const Tensor& tensor) {
  if (!tensor.constant) {
    counts.activations += bytes_of(tensor);
  } else if (tensor.type != Type::i1 && tensor.type != Type::i64) {
    counts.parameters += product(tensor.shape, kMaxElements).value();
    counts.weights += bytes_of(tensor);
  }
}

}  // namespace

Bytes bytes_of(const Tensor& tensor) {
  const auto elements = product(tensor.shape, kMaxElements);
  ensure(elements.has_value(), "a tensor beyond its limit was not refused");
  return Bytes{(*elements * bits_of(tensor.type) + 7) / 8};
}

std::optional<std::int64_t> macs_of(const Graph& graph, const Node& node) {
  return product(std::visit(MacFactors{graph, node}, node.operation), kMaxTotal);
}

Counts count(const Graph& graph, const Node& node) {
  Counts counts;
  counts.macs = macs_of(graph, node).value();
  std::set<TensorId> touched(node.inputs.begin(), node.inputs.end());
  touched.insert(node.outputs.begin(), node.outputs.end());
  for (const TensorId id : touched) add_tensor(counts, graph.tensors[id]);
  return counts;
}

Counts count(const Graph& graph) {
  Counts counts;
  for (const Node& node : graph.nodes) counts.macs += macs_of(graph, node).value();
  for (const Tensor& tensor : graph.tensors) add_tensor(counts, tensor);
  return counts;
}

}  // namespace npulse::graph
