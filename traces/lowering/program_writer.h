// SPDX-License-Identifier: Apache-2.0
// From a lowering to the instructions of all cores.
#pragma once

#include <map>
#include <string>

#include "traces/lowering/job.h"

namespace npulse::lowering {

/// Lowers every core twice, first without output (decision 0009), and adds the plan to `meta`.
void write_program(const Lowering& lowering, const Target& target,
                   std::map<std::string, std::string> meta, isa::ProgramSink& sink);

}  // namespace npulse::lowering
