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

/// As Delay, counted from the `window`-th last command.
struct WindowDelay {
  Delay delay;
  int window;
};

struct ResolvedPart {
  /// Throws InputError with all that PartParams::check finds.
  explicit ResolvedPart(const PartParams& part);

  /// Evaluates a latency as in rules.h; its timings must be present.
  Cycles ticks(std::string_view latency) const;
  /// Whether all its timings are present.
  bool has(std::string_view latency) const;

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
  std::array<std::vector<Delay>, kCommands> delays;         ///< By the command that causes them.
  std::array<std::vector<WindowDelay>, kCommands> windows;  ///< By the command that causes them.
  std::array<std::optional<Gap>, kCommands> gaps;           ///< By the command kept out of them.
  std::array<std::optional<BusUse>, kCommands> bus;         ///< Absent: not in this family.

  /// Peak of one channel.
  std::int64_t channel_bytes_per_s() const;

 private:
  std::optional<TimingValue> value_of(std::string_view name) const;
  Cycles timing(std::string_view name) const;
  void compile(const FamilyRules& family);
  void compile(const Rule& rule, Command from, Command to);
  Cycles lead(Command command) const;
};

}  // namespace npulse::dram
