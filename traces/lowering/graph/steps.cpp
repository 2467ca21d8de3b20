// SPDX-License-Identifier: Apache-2.0
#include "traces/lowering/graph/steps.h"

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

}  // namespace

std::vector<graph::TensorId> tensors_of(const Step& step) {
  return std::visit([](const auto& work) { return tensors_of(work); }, step.work);
}

}  // namespace npulse::lowering
