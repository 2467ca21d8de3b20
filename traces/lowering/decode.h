// SPDX-License-Identifier: Apache-2.0
// One decode step: every core holds the activations, matrices are split by output columns,
// attention by (KV head, sequence); shares are gathered in all scratchpads by multicast.
#pragma once

#include "traces/lowering/decode_plan.h"

namespace npulse::lowering {

class DecodeLowering : public Lowering {
 public:
  explicit DecodeLowering(const Job& job) : plan_{job} {}
  const DecodePlan& layout() const { return plan_; }
  const EventTable& events() const override { return plan_.events; }
  std::size_t lookahead() const override;
  void emit(Emitter& emitter) const override;
  Plan plan() const override;
  std::vector<isa::TensorDecl> tensors() const override;

 private:
  DecodePlan plan_;
};

}  // namespace npulse::lowering
