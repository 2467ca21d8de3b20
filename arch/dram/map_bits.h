// SPDX-License-Identifier: Apache-2.0
// Builds and checks the bit lists of an address map.
#pragma once

#include "arch/dram/address_map.h"

namespace npulse::dram {

/// How many bits each field needs. Channels count as one when they are found by division.
std::array<int, kFields> field_widths(const Organisation& organisation, std::int64_t channels);

/// A preset, for any organisation, highest bits first (a rank lies below the row, or above it when
/// the number of ranks is no power of two; `column low` spans one granule):
///   bgi      row : bank : column high : bank group : pseudo-channel : channel : column low
///   bgi_xor  the same, with bank bits XORed with all row bits in turn, group bits with bank bits,
///            and the channel with all groups of bits above it
///   rbc      row : bank : bank group : column high : pseudo-channel : channel : column low
///   rngd     row : bank group high : bank : column high : bank group low : channel :
///            pseudo-channel : column low, the channel XORed with groups of bits above it up to 28
///            but for its lowest bit, which is the stack
/// and those of other simulators under their names in lower case (Ra holds pseudo-channels too, Ba
/// groups):
///   robaracoch  row : bank : bank group : rank : pseudo-channel : column high : channel : column
///   low rorabacoch  row : rank : bank : bank group : column high : pseudo-channel : channel :
///   column low rocorabach  row : column high : rank : bank : bank group : pseudo-channel : channel
///   : column low chrabaroco  channel : pseudo-channel : rank : bank group : bank : row : column
///   mop4clxor   row : column high : bank : bank group : rank : pseudo-channel : channel : column
///   low,
///               pseudo-channel, rank, group, bank and row XORed with column bits from 0 up in turn
MapBits preset_bits(const Organisation& organisation, std::int64_t channels,
                    const MappingParams& params);

/// Reads the lists of MappingParams::bits. Throws InputError for unknown fields and bad terms.
MapBits parse_bits(const MappingParams& params);

/// Throws InputError unless the map is one to one over the part's capacity.
void check_bits(const Organisation& organisation, std::int64_t channels, const MapBits& bits);

}  // namespace npulse::dram
