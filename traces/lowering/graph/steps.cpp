// SPDX-License-Identifier: Apache-2.0
#include "traces/lowering/graph/steps.h"

#include <map>

namespace npulse::lowering {
namespace {

std::vector<graph::TensorId> tensors_of(const ContractionStep& step) {
  std::vector<graph::TensorId> list{step.input, step.output};
  if (!step.weights_constant) list.push_back(step.weights);
  for (const VectorOp& op : step.then) {
    if (op.y && op.broadcast != isa::Broadcast::row) list.push_back(*op.y);
  }
  return list;
}

std::vector<graph::TensorId> tensors_of(const FusedAttentionStep& step) {
  std::vector<graph::TensorId> list{step.q, step.k, step.v, step.output};
  if (step.mask) list.push_back(*step.mask);
  return list;
}

std::vector<graph::TensorId> tensors_of(const VectorStep& step) {
  std::vector<graph::TensorId> list{step.input, step.output};
  for (const VectorOp& op : step.ops) {
    if (op.y) list.push_back(*op.y);
  }
  return list;
}

std::vector<graph::TensorId> tensors_of(const PoolStep& step) {
  return {step.input, step.output};
}

std::vector<graph::TensorId> tensors_of(const CopyStep& step) {
  std::vector<graph::TensorId> list;
  for (const auto* parts : {&step.reads, &step.writes}) {
    for (const Part& part : *parts) list.push_back(part.tensor);
  }
  return list;
}

/// Lane operations of the vector unit on an element.
void add_work(isa::VecKind kind, VectorWork& work) {
  using isa::VecKind;
  switch (kind) {
    case VecKind::gelu:
    case VecKind::silu:
      ++work.simple, ++work.transcendental;
      break;
    case VecKind::exp:
    case VecKind::reciprocal:
    case VecKind::rsqrt:
    case VecKind::sigmoid:
    case VecKind::tanh:
      ++work.transcendental;
      break;
    default:
      ++work.simple;
  }
}

}  // namespace

TileExtras ContractionStep::extras() const {
  TileExtras extras;
  if (!then.empty()) extras.vector = {static_cast<std::int64_t>(then.size()), 0, 0};
  for (const VectorOp& op : then) {
    add_work(op.kind, extras.vector);
    if (!op.y) continue;
    ++(op.broadcast == isa::Broadcast::row ? extras.row_vectors : extras.tensors);
  }
  return extras;
}

std::vector<Range> ContractionStep::column_tiles() const {
  std::map<std::int64_t, std::int64_t> ends;  // by the first
  for (const CoreShare& share : tiling.shares) {
    for (const Range& range : channel_tiles(loops, tiling.tile, share.channels))
      ends[range.first] = range.last;
  }
  std::vector<Range> tiles;
  for (const auto& [first, last] : ends) tiles.push_back({first, last});
  return tiles;
}

std::vector<graph::TensorId> tensors_of(const Step& step) {
  return std::visit([](const auto& work) { return tensors_of(work); }, step.work);
}

}  // namespace npulse::lowering
