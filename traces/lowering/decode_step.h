// SPDX-License-Identifier: Apache-2.0
// What the parts of a decode step have in common, on one core.
#pragma once

#include "traces/lowering/decode_plan.h"
#include "traces/lowering/resident.h"

namespace npulse::lowering {

class DecodeStep {
 public:
  DecodeStep(const DecodePlan& plan, Emitter& emitter)
      : rings{plan.rings}, plan_{plan}, job_{plan.job}, emitter_{emitter} {}

  const DecodePlan& plan() const { return plan_; }
  const Job& job() const { return job_; }
  Emitter& emitter() { return emitter_; }
  Typed residual(Address address) const { return {in_spm(address), job_.formats.residual}; }
  Typed activation(Address address) const { return {in_spm(address), job_.formats.activation}; }
  Typed state(Address address) const { return {in_spm(address), job_.formats.state}; }
  Typed result(const Result& r) const { return {in_acc(r.c.address), job_.formats.accumulator}; }

  /// Fetches norm weights or a bias.
  const Slot& load_vector(Address address, std::int64_t elements);
  /// to = from, normed row by row; who waits for nothing more waits for the weights alone.
  void rmsnorm(Typed to, Typed from, const Slot& weights, std::int64_t rows, std::int64_t columns,
               Events waits, const Events& signals);
  void linear(Matrix which, std::int64_t copy, const Rows& a,
              const std::function<void(const Result&)>& take);
  void take(const Result& r, const isa::Vec& vec, const Events& waits, const Events& signals) {
    take_result(emitter_, r, vec, waits, signals);
  }
  /// silu(gate) * up of this core's columns, staged at `stage` as the tiles come.
  void gate_up(Matrix which, std::int64_t copy, const Rows& a, Address stage);
  /// Spreads this core's staged share over all cores, into [rows, n].
  void gather(Matrix which, Address stage, std::int64_t rows, Address buffer, isa::DataType type);
  void end_round() { emitter_.end_round(plan_.event.gathered); }

  DecodeRings rings;  ///< They turn as the core goes.

 private:
  const DecodePlan& plan_;
  const Job& job_;
  Emitter& emitter_;
};

}  // namespace npulse::lowering
