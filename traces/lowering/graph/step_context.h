// SPDX-License-Identifier: Apache-2.0
// What making steps of nodes knows of the graph around a node, and what fuses behind one.
#pragma once

#include <optional>
#include <utility>

#include "traces/lowering/graph/step_builder.h"

namespace npulse::lowering {

using graph::Node, graph::Tensor, graph::TensorId;
using Shape = std::vector<std::int64_t>;

std::int64_t product_of_extents(std::span<const std::int64_t> shape);

class StepContext {
 protected:
  explicit StepContext(const graph::Graph& graph);

  const Tensor& tensor(TensorId id) const { return list_.graph.tensors[id]; }
  std::int64_t elements(TensorId id) const { return product_of_extents(tensor(id).shape); }
  bool image(TensorId id) const { return list_.images.contains(id); }
  Part whole(TensorId id) const { return {id, elements(id)}; }
  TensorId temporary(const std::string& name, Shape shape);

  template <class Work>
  void step(const Node& node, Work work) {
    list_.steps.push_back({node.name, std::move(work)});
  }
  void alias(TensorId output, TensorId input) { list_.storage[output] = list_.storage[input]; }
  void copy(const Node& node, bool reads_what_it_writes);

  /// Without tiling.
  FusedAttentionStep attention_step(const Node& node, const graph::Attention& attention) const;

  /// How `y` lies against a result of `cols` channels or last elements; nothing when it is neither
  /// a constant a channel nor as large as the result.
  std::optional<VectorOp> fused_op(isa::VecKind kind, TensorId y, TensorId out,
                                   std::int64_t cols) const;
  /// Takes the nodes behind `out` into the step as long as each is the only reader of the last.
  TensorId fuse(std::vector<VectorOp>& ops, TensorId out, std::int64_t cols);

  StepList list_;
  std::size_t node_ = 0;            ///< The node that is lowered.
  std::set<std::size_t> absorbed_;  ///< Nodes that others took in.

 private:
  void find_uses();
  /// Tensors [n, c, h, w] that are stored with channels last: what convolutions and pools read and
  /// make, and what follows from it element by element.
  void find_images();
  /// The operations of an elementwise node or a batch normalisation on `x`, where all other inputs
  /// are constants a channel or made before `before`.
  std::optional<std::vector<VectorOp>> fused_ops(const Node& node, TensorId x, std::int64_t cols,
                                                 std::size_t before) const;

  std::map<TensorId, std::vector<std::size_t>> readers_;
  std::map<TensorId, std::size_t> made_by_;
};

}  // namespace npulse::lowering
