// SPDX-License-Identifier: Apache-2.0
// A replay's report for a terminal.
#pragma once

#include <string>

#include "arch/chip/replay/replay_report.h"
#include "arch/chip/replay/suggest_mapping.h"

namespace npulse::arch {

std::string to_text(const ReplayReport& report);
std::string to_text(const MappingTable& table);

}  // namespace npulse::arch
