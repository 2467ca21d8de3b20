// SPDX-License-Identifier: Apache-2.0
// Parameters of the on-chip network between DMA engines, memory and scratchpads.
#pragma once

#include "sim/core/enum_names.h"
#include "sim/core/params.h"
#include "sim/core/units.h"

namespace npulse::arch {

enum class NocKind : std::uint8_t { crossbar };
std::span<const EnumName<NocKind>> enum_names(NocKind);

struct NocParams {
  NocKind kind = NocKind::crossbar;
  std::int64_t core_bytes_per_cycle = 64;
  std::int64_t memory_bytes_per_cycle = 512;
  Cycles hop_cycles{4};
  double core_distance_mm = 1.0;

  template <class V>
  static void describe(V& field) {
    field("kind", &NocParams::kind, "", "Topology.");
    field("core_bytes_per_cycle", &NocParams::core_bytes_per_cycle, "B/cycle",
          "Link of one core, each way.", between(1, 1 << 20));
    field("memory_bytes_per_cycle", &NocParams::memory_bytes_per_cycle, "B/cycle",
          "Link of the memory system, each way.", between(1, 1 << 20));
    field("hop_cycles", &NocParams::hop_cycles, "cycles", "Latency of one crossing.",
          between(0, 1e6));
    field("core_distance_mm", &NocParams::core_distance_mm, "mm",
          "Mean wire length of one crossing, for energy.", between(0, 100));
  }
};

}  // namespace npulse::arch
