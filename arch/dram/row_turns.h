// SPDX-License-Identifier: Apache-2.0
// How the pseudo-channels of a channel share a row bus: in turns of some ticks.
#pragma once

#include <vector>

#include "arch/dram/command_grids.h"

namespace npulse::dram {

/// The ticks of `pseudo_channel` on a row bus whose activates may begin on any tick. Of a few
/// rhythms it is the one in which rows of several banks, and then those of one bank, are opened
/// and closed fastest.
/// `columns`: those of every pseudo-channel.
TickSet row_turns(const ResolvedPart& part, const std::vector<TickGrid>& columns,
                  std::int64_t pseudo_channel);

}  // namespace npulse::dram
