// SPDX-License-Identifier: Apache-2.0
// Parameters of a banked on-chip memory: a core's scratchpad (`spm`) or accumulators (`acc`).
#pragma once

#include "sim/core/params.h"
#include "sim/core/units.h"

namespace npulse::arch {

struct SpmParams {
  Bytes capacity{1 << 20};
  std::int64_t banks = 16;
  Bytes width{16};
  std::int64_t ports = 1;
  Cycles window{64};
  Cycles access_latency{1};

  template <class V>
  static void describe(V& field) {
    field("capacity", &SpmParams::capacity, "bytes", "Size.", at_least(1));
    field("banks", &SpmParams::banks, "count",
          "Banks; consecutive words of `width` bytes lie in consecutive banks.",
          between(1, 1 << 16));
    field("width", &SpmParams::width, "bytes", "Bytes that one access to a bank moves.",
          between(1, 1 << 16));
    field("ports", &SpmParams::ports, "count", "Accesses that one bank serves in a cycle.",
          between(1, 16));
    field("window", &SpmParams::window, "cycles",
          "Grain of bandwidth reservations: accesses share bandwidth evenly within a window.",
          between(1, 1 << 20));
    field("access_latency", &SpmParams::access_latency, "cycles",
          "From the last access of a stream to its data.", between(0, 1 << 16));
  }

  /// Bytes that all banks together move in a cycle.
  Bytes bytes_per_cycle() const { return Bytes{banks * width.count() * ports}; }
};

}  // namespace npulse::arch
