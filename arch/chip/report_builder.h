// SPDX-License-Identifier: Apache-2.0
// Reads a finished machine into a report.
#pragma once

#include "arch/chip/machine.h"
#include "arch/chip/report.h"

namespace npulse::arch {

/// `machine` has run to the end, its last event at `last_event`; its accounts are closed here.
Report build_report(const Chip& chip, const isa::Program& program, Machine& machine,
                    Picoseconds last_event);

}  // namespace npulse::arch
