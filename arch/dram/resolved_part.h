// SPDX-License-Identifier: Apache-2.0
// A part with all timings in ticks and its family's rules compiled to numbers.
#pragma once

#include <array>
#include <optional>
#include <string_view>
#include <vector>

#include "arch/dram/params.h"
#include "arch/dram/rules.h"
#include "sim/core/clock_domain.h"

namespace npulse::dram {

/// After a command at t, `to` waits until t + latency in `scope`.
struct Delay {
  Scope scope;
  Command to;
  Cycles latency;
};

/// No command in the open interval (last + after, last + before), for each of the last two of its
/// kind in the pseudo-channel.
struct Gap {
  Cycles after, before;
};

/// From the `window`-th last command of `from` each of `to` waits; both without their leads.
struct WindowDelay {
  CommandSet from, to;
  Scope scope;
  Cycles latency;
  int window;
};

struct ResolvedPart {
  /// Throws InputError with all that PartParams::check finds.
  explicit ResolvedPart(const PartParams& part);

  /// Evaluates a latency as in rules.h; its timings must be present.
  Cycles ticks(std::string_view latency) const;
  /// Whether all its timings are present.
  bool has(std::string_view latency) const;

  /// From the first tick of a command to the one that its timings count from.
  Cycles lead(Command command) const;
  /// The latency of the rule between two commands in a scope; 0 when there is none.
  std::int64_t between(Command from, Command to, Scope scope) const;
  /// The longest in the scope or any that contains it.
  std::int64_t within(Command from, Command to, Scope scope) const;

  PartParams params;
  Organisation organisation;
  ClockDomain clock;  ///< One tick.
  Cycles ticks_per_clock;
  Cycles burst;       ///< From the first to the last data of a burst.
  Cycles burst_data;  ///< The same without a pause within the burst.
  Cycles rl, wl;      ///< From the first tick of a column command to its data.
  Cycles t_refi;
  bool two_step_activate = false;
  Cycles t_aad{};
  bool needs_sync = false;  ///< Columns need WCK running, started by `cas` one command before.
  Cycles t_wckpst{};
  /// Sets of banks that per-bank refreshes go round: bank b is in set b mod refresh_sets. 0 where
  /// the part lacks the timings, or t_refi / t_refi_pb does not go into its banks.
  std::int64_t refresh_sets = 0;
  Cycles t_refi_pb{};
  std::array<std::vector<Delay>, kCommands> delays;  ///< By the command that causes them.
  std::vector<WindowDelay> windows;
  std::array<std::optional<Gap>, kCommands> gaps;    ///< By the command kept out of them.
  std::array<std::optional<BusUse>, kCommands> bus;  ///< Absent: not in this family.

  /// Peak of one channel.
  std::int64_t channel_bytes_per_s() const;

 private:
  std::optional<TimingValue> value_of(std::string_view name) const;
  Cycles timing(std::string_view name) const;
  void find_refresh_sets();
  void compile(const FamilyRules& family);
  void compile(const Rule& rule);
  void compile(const Rule& rule, Command from, Command to);
};

}  // namespace npulse::dram
