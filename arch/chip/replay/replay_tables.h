// SPDX-License-Identifier: Apache-2.0
// The tables of a replay's text report.
#pragma once

#include <string>

#include "arch/dram/replay/latency_histogram.h"
#include "arch/dram/replay/time_use.h"

namespace npulse::arch {

/// What the time of the data buses went into; the printed shares add up to 100.0 %.
std::string time_table(const dram::TimeUses& time);

/// A bar for each of about a dozen ranges; empty when there are no latencies.
std::string latency_table(const dram::LatencyHistogram& latency);

}  // namespace npulse::arch
