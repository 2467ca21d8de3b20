// SPDX-License-Identifier: Apache-2.0
// The timing rules of a standard, as data. One small engine (device.h) obeys whatever stands here.
#pragma once

#include <span>
#include <vector>

#include "arch/dram/command.h"
#include "arch/dram/params.h"

namespace npulse::dram {

/// After `from`, each command of `to` in the same `scope` waits for `latency`: a sum over timing
/// names, numbers of clocks, `burst` (from the first to the last data of a burst) and `run` (its
/// data up to a pause). With a window of n it waits from the n-th last `from` instead. With a
/// `pause` that is positive, it may also go no later than that after `from`; only for one command
/// after itself in a pseudo-channel. What is said of `rd` holds for `rda`, of `wr` for `wra`, `mwr`
/// and `mwra`; an auto-precharge is a `pre` as soon as one could go (device.h).
struct Rule {
  CommandSet from, to;
  Scope scope;
  const char* latency;
  int window = 1;
  const char* pause = nullptr;
};

/// Where a command travels, for how many ticks, on which ticks it may begin, and how long after its
/// first tick its timings begin to count.
struct BusUse {
  Command command;
  Bus bus;
  std::int64_t ticks;
  std::int64_t edge;
  std::int64_t lead = 0;
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
  const char* read_latency = "rl";  ///< From a column command to its first data.
  const char* write_latency = "wl";
};

const FamilyRules& family_rules(Family family);

}  // namespace npulse::dram
