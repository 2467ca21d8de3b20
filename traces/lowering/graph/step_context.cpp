// SPDX-License-Identifier: Apache-2.0
#include "traces/lowering/graph/step_context.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "traces/lowering/graph/vector_kinds.h"

namespace npulse::lowering {

StepContext::StepContext(const graph::Graph& graph) {
  list_.graph = graph;
  list_.storage.resize(graph.tensors.size());
  std::iota(list_.storage.begin(), list_.storage.end(), TensorId{0});
  find_uses();
  find_images();
}

std::int64_t product_of_extents(std::span<const std::int64_t> shape) {
  return std::accumulate(shape.begin(), shape.end(), std::int64_t{1}, std::multiplies{});
}

void StepContext::find_uses() {
  const auto& nodes = list_.graph.nodes;
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    for (const TensorId id : nodes[i].inputs) readers_[id].push_back(i);
    for (const TensorId id : nodes[i].outputs) made_by_[id] = i;
  }
  for (const TensorId id : list_.graph.outputs) readers_[id].push_back(nodes.size());
}

void StepContext::find_images() {
  for (const Node& node : list_.graph.nodes) {
    const auto& op = node.operation;
    const bool makes =
        std::holds_alternative<graph::Conv>(op) || std::holds_alternative<graph::Pool>(op);
    const bool keeps = std::any_of(node.inputs.begin(), node.inputs.end(),
                                   [&](TensorId id) { return image(id); }) &&
                       !std::holds_alternative<graph::Matmul>(op);
    for (const TensorId id : node.outputs) {
      if (tensor(id).shape.size() == 4 && (makes || keeps)) list_.images.insert(id);
    }
    if (makes) list_.images.insert(node.inputs[0]);
  }
}

TensorId StepContext::temporary(const std::string& name, Shape shape) {
  Tensor made;
  made.name = name;
  made.shape = std::move(shape);
  list_.graph.tensors.push_back(std::move(made));
  list_.storage.push_back(list_.storage.size());
  return list_.storage.back();
}

void StepContext::copy(const Node& node, bool reads_what_it_writes) {
  CopyStep work;
  for (const TensorId id : node.outputs) work.writes.push_back(whole(id));
  for (const TensorId id : node.inputs) work.reads.push_back(whole(id));
  if (reads_what_it_writes && !node.inputs.empty()) {
    std::int64_t written = 0;
    for (const Part& part : work.writes) written += part.elements;
    work.reads = {{node.inputs[0], std::min(written, elements(node.inputs[0]))}};
  }
  step(node, std::move(work));
}

FusedAttentionStep StepContext::attention_step(const Node& node,
                                               const graph::Attention& attention) const {
  const Shape &q = tensor(node.inputs[0]).shape, &v = tensor(node.inputs[2]).shape;
  FusedAttentionStep step;
  step.shape = {q[0], attention.heads, attention.kv_heads, q[2], v[2], q[3],
                v[3], attention.causal};
  step.scale = attention.scale == 0 ? 1 / std::sqrt(static_cast<double>(q[3])) : attention.scale;
  step.q = node.inputs[0], step.k = node.inputs[1], step.v = node.inputs[2];
  step.output = node.outputs[0];
  if (node.inputs.size() < 4) return step;
  step.mask = node.inputs[3];
  const Tensor& mask = tensor(*step.mask);
  step.mask_kind = mask.type == graph::Type::i1 ? MaskKind::kept : MaskKind::added;
  std::int64_t stride = 1;
  for (std::size_t i = 0; i < mask.shape.size(); ++i) {
    const std::int64_t extent = mask.shape[mask.shape.size() - 1 - i];
    step.mask_strides[3 - i] = extent == 1 ? 0 : stride;
    stride *= extent;
  }
  return step;
}

std::optional<VectorOp> StepContext::fused_op(isa::VecKind kind, TensorId y, TensorId out,
                                              std::int64_t cols) const {
  if (elements(y) == 1) return VectorOp{kind, {}, isa::Broadcast::none, 1};
  if (elements(y) == elements(out)) return VectorOp{kind, y, isa::Broadcast::none, 1};
  if (tensor(y).constant && elements(y) == cols) {
    return VectorOp{kind, y, isa::Broadcast::row, 1};
  }
  return std::nullopt;
}

std::optional<std::vector<VectorOp>> StepContext::fused_ops(const Node& node, TensorId x,
                                                            std::int64_t cols,
                                                            std::size_t before) const {
  std::vector<TensorId> others;
  std::vector<isa::VecKind> kinds;
  std::string name;
  if (const auto* norm = std::get_if<graph::Norm>(&node.operation)) {
    if (norm->kind != graph::NormKind::batch || node.inputs.size() < 3) return std::nullopt;
    kinds = {isa::VecKind::mul, isa::VecKind::add};
    others = {node.inputs[1], node.inputs[2]};
  } else if (const auto* op = std::get_if<graph::Elementwise>(&node.operation)) {
    const auto known = elementwise_kinds(op->kind);
    const bool twice = std::count(node.inputs.begin(), node.inputs.end(), x) > 1;
    const bool behind = op->kind == "sub" && node.inputs[0] != x;
    if (!known || twice || behind) return std::nullopt;
    kinds = *known;
    name = op->kind;
    for (const TensorId id : node.inputs) {
      if (id != x) others.push_back(id);
    }
  } else {
    return std::nullopt;
  }
  if (node.outputs.size() != 1 || elements(node.outputs[0]) != elements(x)) return std::nullopt;
  const auto known_before = [&](TensorId id) {
    const auto made = made_by_.find(id);
    return made == made_by_.end() || made->second < before;
  };
  if (!std::all_of(others.begin(), others.end(), known_before)) return std::nullopt;
  std::vector<VectorOp> ops;
  auto other = others.begin();
  for (const isa::VecKind kind : kinds) {
    if (!takes_second_input(kind) || other == others.end()) {
      ops.push_back({kind, {}, isa::Broadcast::none, elementwise_scalar(name, kind)});
      continue;
    }
    const auto op = fused_op(kind, *other++, node.outputs[0], cols);
    if (!op) return std::nullopt;
    ops.push_back(*op);
  }
  if (other != others.end()) return std::nullopt;
  return ops;
}

TensorId StepContext::fuse(std::vector<VectorOp>& ops, TensorId out, std::int64_t cols) {
  for (;;) {
    const auto readers = readers_.find(out);
    if (readers == readers_.end() || readers->second.size() != 1) return out;
    const std::size_t next = readers->second.front();
    if (next == list_.graph.nodes.size()) return out;
    const auto more = fused_ops(list_.graph.nodes[next], out, cols, node_);
    if (!more) return out;
    const auto tensors = [](const std::vector<VectorOp>& list) {
      return std::count_if(list.begin(), list.end(), [](const VectorOp& op) {
        return op.y && op.broadcast == isa::Broadcast::none;
      });
    };
    if (tensors(ops) + tensors(*more) > 1) return out;
    ops.insert(ops.end(), more->begin(), more->end());
    absorbed_.insert(next);
    out = list_.graph.nodes[next].outputs[0];
  }
}

}  // namespace npulse::lowering
