// SPDX-License-Identifier: Apache-2.0
// What a transfer touches: actions for energy, bank pattern for the scratchpad, copies, stall
// cause.
#pragma once

#include <span>

#include "arch/dma/piece_walker.h"
#include "arch/ports/activity.h"
#include "arch/ports/scratchpad_port.h"

namespace npulse::arch {

/// Adds the actions of one piece, at all of its destinations.
void count_piece(const Transfer& transfer, const Piece& piece, std::uint16_t own,
                 Activity& activity);

/// Space, run length and stride of a local side; the rest is the caller's.
AccessStream access_pattern(const Transfer& transfer, const Side& side);

/// The multicast cores besides the destination itself (which is `own` when dst is local).
std::uint64_t remote_copies(const Transfer& transfer, std::uint16_t own);

/// Who holds a descriptor up when its engine could go on: "memory", "noc" or "spm"; of a coded one
/// it may also be the "decompressor", which only its pieces tell.
const char* stall_cause(std::span<const Transfer> transfers);

}  // namespace npulse::arch
