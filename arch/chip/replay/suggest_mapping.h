// SPDX-License-Identifier: Apache-2.0
// Tries every mapping preset on the beginning of a trace.
#pragma once

#include "arch/chip/replay/replay_run.h"

namespace npulse::arch {

struct MappingTrial {
  dram::MapPreset preset;
  ReplayReport report;

  /// What took most of the time in which no data moved.
  dram::TimeUse largest_loss() const;
};

struct MappingTable {
  std::vector<MappingTrial> trials;  ///< Best first; at least one.
  std::vector<std::string> notes;    ///< Presets that do not fit the part, and why.
};

/// How many requests are tried unless the trace's limit is lower.
constexpr std::int64_t kMappingTrialRequests = 200'000;

/// `poll` gets the share of the work that is done.
MappingTable suggest_mapping(const DramSystem& system, TraceOptions trace,
                             const std::function<void(double)>& poll = {});

}  // namespace npulse::arch
