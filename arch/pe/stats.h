// SPDX-License-Identifier: Apache-2.0
// Statistics of a matrix unit.
#pragma once

#include "sim/core/stats.h"

namespace npulse::arch {

struct PeStats : StatGroup {
  Counter products{*this, "products", npulse::Unit::count, "mm and conv instructions executed."};
  Counter macs{*this, "macs", npulse::Unit::count,
               "Multiply-accumulates done, skipped zeros left out."};
  Counter busy_cycles{*this, "busy_cycles", npulse::Unit::cycles,
                      "Cycles in which at least one instruction was in the array."};
  Counter stalled_cycles{*this, "stalled_cycles", npulse::Unit::cycles,
                         "Of these, cycles lost to operands and results that came or went late."};
  Formula macs_per_cycle{*this, "macs_per_cycle", npulse::Unit::ratio, "Macs per busy cycle.",
                         [this] { return ratio(macs.value(), busy_cycles.value()); }};
};

}  // namespace npulse::arch
