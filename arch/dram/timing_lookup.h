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

/// The names in a latency such as "wl + burst + t_wr", without `burst`.
std::vector<std::string> names_in(std::string_view latency);

}  // namespace npulse::dram
