// SPDX-License-Identifier: Apache-2.0
// Parameters of a core's sequencer.
#pragma once

#include "sim/core/params.h"
#include "sim/core/units.h"

namespace npulse::arch {

struct SequencerParams {
  std::int64_t queue_depth = 64;
  Cycles dispatch_cycles{1};
  Cycles signal_cycles{1};

  template <class V>
  static void describe(V& field) {
    field("queue_depth", &SequencerParams::queue_depth, "count",
          "Instructions that a queue holds; dispatch is in program order and stalls at a full one.",
          between(1, 1 << 20));
    field("dispatch_cycles", &SequencerParams::dispatch_cycles, "cycles",
          "From one dispatched instruction to the next.", between(0, 1e6));
    field("signal_cycles", &SequencerParams::signal_cycles, "cycles",
          "From the completion of an instruction to its signals being seen.", between(0, 1e6));
  }
};

}  // namespace npulse::arch
