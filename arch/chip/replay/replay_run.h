// SPDX-License-Identifier: Apache-2.0
// Replays a DRAM trace on a memory and reports.
#pragma once

#include <functional>
#include <ostream>

#include "arch/chip/replay/dram_system.h"
#include "arch/chip/replay/replay_report.h"
#include "arch/chip/replay/trace_stream.h"

namespace npulse::arch {

struct ReplaySettings {
  std::ostream* commands = nullptr;  ///< Where the command trace goes, if anywhere.
  /// Called now and then with the share of the trace that was read.
  std::function<void(double)> poll;
};

/// Throws InputError with the faults of the trace, or when it holds no request.
ReplayReport replay(const DramSystem& system, const TraceOptions& trace,
                    const ReplaySettings& settings = {});

}  // namespace npulse::arch
