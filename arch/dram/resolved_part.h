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
  Cycles burst;  ///< Data of one burst.
  Cycles rl, wl;
  Cycles t_refi;
  bool two_step_activate = false;
  Cycles t_aad{};
  bool needs_sync = false;  ///< Columns need WCK running, started by `cas` one command before.
  Cycles t_wckpst{};
  std::array<std::vector<Delay>, kCommands> delays;         ///< By the command that causes them.
  std::array<std::vector<WindowDelay>, kCommands> windows;  ///< By the command that causes them.
  std::array<std::optional<BusUse>, kCommands> bus;         ///< Absent: not in this family.

  /// Peak of one channel.
  std::int64_t channel_bytes_per_s() const;

 private:
  std::optional<TimingValue> value_of(std::string_view name) const;
  Cycles timing(std::string_view name) const;
  void compile(const FamilyRules& family);
  void compile(const Rule& rule, Command from, Command to);
};

}  // namespace npulse::dram
