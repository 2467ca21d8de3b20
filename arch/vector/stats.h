// SPDX-License-Identifier: Apache-2.0
// Statistics of a vector unit.
#pragma once

#include "sim/core/stats.h"

namespace npulse::arch {

struct VectorStats : StatGroup {
  Counter operations{*this, "operations", npulse::Unit::count,
                     "vec and xform instructions executed."};
  Counter simple_ops{*this, "simple_ops", npulse::Unit::count,
                     "Element operations, transcendental ones left out."};
  Counter transcendental_ops{*this, "transcendental_ops", npulse::Unit::count,
                             "Transcendental element operations."};
  Counter busy_cycles{*this, "busy_cycles", npulse::Unit::cycles, "Cycles executing instructions."};
  Counter stalled_cycles{*this, "stalled_cycles", npulse::Unit::cycles,
                         "Of these, cycles lost to operands and results that came or went late."};
};

}  // namespace npulse::arch
