// SPDX-License-Identifier: Apache-2.0
// The timing rules of a standard, as data. One small engine (device.h) obeys whatever stands here.
#pragma once

#include <span>
#include <vector>

#include "arch/dram/command.h"
#include "arch/dram/params.h"

namespace npulse::dram {

/// After `from`, each command of `to` in the same `scope` waits for `latency`, a sum over timing
/// names and `burst` (the ticks of data of one burst). With a window of n it waits from the n-th
/// last `from` instead. What is said of `rd` holds for `rda`, of `wr` for `wra`, `mwr` and `mwra`;
/// an auto-precharge is a `pre` as soon as one could go (device.h).
struct Rule {
  CommandSet from, to;
  Scope scope;
  const char* latency;
  int window = 1;
};

/// Where a command travels, for how many ticks, and on which ticks it may begin.
struct BusUse {
  Command command;
  Bus bus;
  std::int64_t ticks;
  std::int64_t edge;
};

/// The command whose place on the bus a command shares that its family does not list; itself
/// otherwise.
constexpr Command bus_model(Command command) {
  if (is_read(command)) return Command::rd;
  if (is_write(command)) return Command::wr;
  return command > Command::wr ? Command::refab : command;
}

/// All that sets a standard apart.
struct FamilyRules {
  std::int64_t bits_per_clock;   ///< Transfers of a data pin in one CK.
  std::int64_t ticks_per_clock;  ///< 2 where commands take half clocks.
  std::vector<std::span<const Rule>> rules;
  std::span<const BusUse> buses;
};

const FamilyRules& family_rules(Family family);

}  // namespace npulse::dram
