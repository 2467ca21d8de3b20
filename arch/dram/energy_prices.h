// SPDX-License-Identifier: Apache-2.0
// What a command costs and a state draws on one supply rail.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "arch/dram/power_state.h"
#include "arch/dram/resolved_part.h"
#include "sim/core/units.h"

namespace npulse::dram {

/// Of one pseudo-channel, all its ranks and devices; commands cost it on top of what its state
/// draws.
struct RailPrices {
  std::string rail;  ///< Empty: all rails together.
  Picojoules activate, refab, refpb;
  Picojoules read_column, read_io, write_column, write_io;  ///< A burst.
  std::array<Milliwatts, kPowerStates> power{};
};

/// One for each rail of the part's currents, or one for its figures.
std::vector<RailPrices> rail_prices(const ResolvedPart& part);

}  // namespace npulse::dram
