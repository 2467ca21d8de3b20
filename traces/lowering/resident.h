// SPDX-License-Identifier: Apache-2.0
// A linear layer over rows that lie in the scratchpad: weights stream by, results leave tile by
// tile.
#pragma once

#include <functional>

#include "traces/lowering/instructions.h"
#include "traces/lowering/linear.h"

namespace npulse::lowering {

/// A block of results in accumulators; who takes it away waits for c.full and signals c.free.
struct Result {
  Slot c;
  std::int64_t before = 0;  ///< Elements before it in the core's share, stored tile by tile.
  std::int64_t row = 0, rows = 0;
  Range columns;
  bool last = false;  ///< Of the core's share.

  std::int64_t width() const { return columns.size(); }
};

/// What the pass turns through as it goes.
struct ResidentSetup {
  const Formats& formats;
  Ring& weights;
  Ring& acc;
};

/// Multiplies all of `a` with this core's columns; `take` is called for every block of results.
void resident_pass(Emitter& emitter, const ResidentSetup& setup, const Linear& linear,
                   std::int64_t copy, const Rows& a,
                   const std::function<void(const Result&)>& take);

/// Puts `vec`, the last reader of `result`.
void take_result(Emitter& emitter, const Result& result, const isa::Vec& vec, Events waits,
                 Events signals);

/// Computes logits and writes them to memory, [rows, vocab] of `type`.
void lm_head_pass(Emitter& emitter, const ResidentSetup& setup, const Linear& linear, const Rows& a,
                  Ring& stage, Address logits);

}  // namespace npulse::lowering
