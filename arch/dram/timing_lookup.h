// SPDX-License-Identifier: Apache-2.0
// Finds timings by name through their one description.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "arch/dram/timings.h"

namespace npulse::dram {

struct NamedTiming {
  std::string name;
  Timings::Value value;
};

/// All timings in the order of their description.
std::vector<NamedTiming> list_timings(const Timings& timings);

/// Whether parts may lack it: rules that need an absent one are void, and so is what a controller
/// would do by them (per-bank refresh, masked writes, power-down).
bool is_optional_timing(std::string_view name);

/// The timings in a latency such as "wl + burst + t_wr - 8"; `burst` and `run` are none.
std::vector<std::string> names_in(std::string_view latency);

}  // namespace npulse::dram
