// SPDX-License-Identifier: Apache-2.0
// The parts of a report that runs of chips and replays of traces have in common.
#pragma once

#include "arch/chip/report.h"
#include "arch/dram/memory.h"

namespace npulse::arch {

/// `done_s`: when it had no more to do.
MemoryReport memory_report(const std::string& part, const dram::Memory& memory, double done_s);

/// The figures that are no published fact.
std::vector<Provenance> unsure_of(const std::vector<Provenance>& provenance);

}  // namespace npulse::arch
