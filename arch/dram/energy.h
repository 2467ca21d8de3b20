// SPDX-License-Identifier: Apache-2.0
// Energy of the DRAM devices, from what was counted.
#pragma once

#include "arch/dram/params.h"
#include "arch/dram/request.h"

namespace npulse::dram {

struct DramEnergy {
  Picojoules activation{}, column{}, io{}, refresh{}, background{};
  Picojoules total() const { return activation + column + io + refresh + background; }
};

/// `counts` are the sum over `channels` channels that were powered for `elapsed`.
DramEnergy dram_energy(const PartParams& part, const ChannelCounts& counts, std::int64_t channels,
                       Picoseconds elapsed);

}  // namespace npulse::dram
