// SPDX-License-Identifier: Apache-2.0
// What a unit that computes in closed form knows of an instruction the moment it accepts it.
#pragma once

#include "arch/ports/scratchpad_port.h"
#include "arch/ports/unit.h"

namespace npulse::arch {

/// Cycles by which something ends late, and the cause of the longest.
struct Delay {
  Cycles cycles{};
  const char* cause = "";

  void raise(Cycles to, const char* because) {
    if (to <= cycles) return;
    cycles = to;
    cause = because;
  }
};

struct Execution {
  Cycles accepts_next_at{};  ///< The unit takes its next instruction from here on.
  Cycles finish{};           ///< Results are visible.
  Outcome outcome;
};

/// The cycles in which an instruction wants to make its accesses.
struct Span {
  Cycles start{}, end{};
};

/// Reserves `stream` over `span`, counts its bytes, and raises `delay` to the cycles it ends late.
void reserve(ScratchpadPort& port, Span span, const AccessStream& stream, Activity& activity,
             Delay& delay);

}  // namespace npulse::arch
