// SPDX-License-Identifier: Apache-2.0
// The JSON form of a replay's report. Keys that a run has too mean the same.
#pragma once

#include <nlohmann/json.hpp>

#include "arch/chip/replay/replay_report.h"
#include "arch/chip/replay/suggest_mapping.h"

namespace npulse::arch {

nlohmann::ordered_json to_json(const ReplayReport& report);
nlohmann::ordered_json to_json(const MappingTable& table);

}  // namespace npulse::arch
