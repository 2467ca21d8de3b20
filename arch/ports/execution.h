// SPDX-License-Identifier: Apache-2.0
// What a unit that computes in closed form knows of an instruction the moment it accepts it.
#pragma once

#include "arch/ports/scratchpad_port.h"
#include "arch/ports/unit.h"

namespace npulse::arch {

/// Cycles by which something ends late, and what caused most of them.
struct Delay {
  Cycles cycles{};
  const char* cause = "";

  /// Of delays at the same time the longest counts.
  void raise(Cycles to, const char* because) {
    if (to > cycles) *this = {to, because};
  }
  /// One after the other.
  friend Delay operator+(Delay a, Delay b) {
    return {a.cycles + b.cycles, b.cycles > a.cycles ? b.cause : a.cause};
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
