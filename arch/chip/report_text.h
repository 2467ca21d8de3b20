// SPDX-License-Identifier: Apache-2.0
// The text form of a report: what a person reads in a terminal.
#pragma once

#include <string>

#include "arch/chip/report.h"

namespace npulse::arch {

std::string to_text(const Report& report);

/// `activation 1.6 %, ...; by rail vdd1 6.8 %, ...`: shares of the devices' energy.
std::string dram_shares(const dram::DramEnergy& energy);

/// One line on the figures that are no published fact; empty when there are none.
std::string unsure_note(const std::vector<Provenance>& unsure);

}  // namespace npulse::arch
