// SPDX-License-Identifier: Apache-2.0
// Spreads a core's share of a result over the scratchpads of all cores.
#pragma once

#include "traces/lowering/emitter.h"
#include "traces/lowering/partition.h"

namespace npulse::lowering {

struct GatherSetup {
  std::uint32_t cores = 1;
  isa::EventId staged = 0;    ///< Signalled as the share was computed.
  isa::EventId gathered = 0;  ///< Chip-wide; signalled by every transfer.
  isa::DataType type = isa::DataType::bf16;
};

/// Bits of all cores but `self`.
std::uint64_t other_cores(std::uint32_t cores, std::uint32_t self);

/// `stage` holds columns `share` of [rows, row_length] in tiles of `width` columns, each dense;
/// they go to their places in `buffer` on every core.
void gather_columns(Emitter& emitter, const GatherSetup& setup, Address stage, std::int64_t rows,
                    Range share, std::int64_t width, Address buffer, std::int64_t row_length);

}  // namespace npulse::lowering
