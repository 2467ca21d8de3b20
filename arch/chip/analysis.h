// SPDX-License-Identifier: Apache-2.0
// Why a run took as long as it did: roofline position and the resource that bounds it.
#pragma once

#include "arch/chip/params.h"
#include "arch/chip/report.h"
#include "arch/ports/activity.h"

namespace npulse::arch {

/// Needs report.latency_s, clock_hertz and memory to be filled in.
RooflineReport roofline(const Report& report, const ChipParams& chip, const Activity& total);

/// Needs report.cycles, memory, decompression and queues. The bound is the resource used most;
/// below half of every capacity it is `latency`: dependencies, start-up and synchronisation.
BoundReport bound(const Report& report, const RooflineReport& roofline);

}  // namespace npulse::arch
