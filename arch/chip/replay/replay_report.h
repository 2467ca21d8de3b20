// SPDX-License-Identifier: Apache-2.0
// What a replay says: plain values. Formats are in replay_json.h and replay_text.h.
#pragma once

#include <string>
#include <vector>

#include "arch/chip/report.h"
#include "arch/dram/energy.h"
#include "arch/dram/memory_params.h"
#include "arch/dram/replay/latency_histogram.h"
#include "arch/dram/replay/time_use.h"
#include "arch/dram/request.h"

namespace npulse::arch {

struct ReplayReport {
  std::string version;
  std::string trace;   ///< Its path.
  std::string format;  ///< Its dialect.
  bool timed = false;
  dram::MemoryEngine engine = dram::MemoryEngine::reference;
  std::string mapping;  ///< Preset, or `bits`.
  std::int64_t requests = 0, reads = 0, writes = 0, sources = 0;
  double latency_s = 0;  ///< Arrival of the first request to the end of the last data.
  MemoryReport memory;
  dram::ChannelCounts counts;
  dram::LatencyHistogram read_latency;
  dram::TimeUses time;  ///< Of all pseudo-channels' data buses over latency_s.
  dram::DramEnergy energy;
  double average_watts = 0;
  std::vector<Provenance> unsure;
};

}  // namespace npulse::arch
