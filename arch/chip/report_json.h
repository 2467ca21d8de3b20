// SPDX-License-Identifier: Apache-2.0
// The JSON form of a report: ordered keys, shortest exact numbers, the same bytes for the same run.
#pragma once

#include <nlohmann/json.hpp>

#include "arch/chip/report.h"

namespace npulse::arch {

nlohmann::ordered_json to_json(const Report& report);
nlohmann::ordered_json to_json(const MemoryReport& memory);
nlohmann::ordered_json to_json(const std::vector<Provenance>& unsure);
/// In joules, by use, power state (of the background) and rail; no rail when the part tells none
/// apart.
nlohmann::ordered_json uses_json(const dram::DramEnergy& energy);
nlohmann::ordered_json states_json(const dram::DramEnergy& energy);
nlohmann::ordered_json rails_json(const dram::DramEnergy& energy);

}  // namespace npulse::arch
