// SPDX-License-Identifier: Apache-2.0
// Prefill of whole prompts: activations go through memory, panels of rows stay in the scratchpad
// while weights stream past, attention runs in blocks; every phase ends with a chip-wide round.
#pragma once

#include "traces/lowering/prefill_plan.h"

namespace npulse::lowering {

class PrefillLowering : public Lowering {
 public:
  explicit PrefillLowering(const Job& job) : plan_{job} {}
  const PrefillPlan& layout() const { return plan_; }
  const EventTable& events() const override { return plan_.events; }
  std::size_t lookahead() const override;
  void emit(Emitter& emitter) const override;
  Plan plan() const override;
  std::vector<isa::TensorDecl> tensors() const override;

 private:
  PrefillPlan plan_;
};

/// One linear layer by itself: qkv or what latent attention has in its place, out, gate_up or down
/// of the first layer that has it.
class PanelLowering : public PrefillLowering {
 public:
  PanelLowering(const Job& job, Matrix which) : PrefillLowering{job}, which_{which} {}
  void emit(Emitter& emitter) const override;
  Plan plan() const override { return {}; }
  std::vector<isa::TensorDecl> tensors() const override { return {}; }

 private:
  Matrix which_;
};

}  // namespace npulse::lowering
