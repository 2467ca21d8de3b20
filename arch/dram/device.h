// SPDX-License-Identifier: Apache-2.0
// Timing state of one pseudo-channel: for every scope the earliest tick of each command. No clock.
#pragma once

#include <algorithm>
#include <array>
#include <vector>

#include "arch/dram/resolved_part.h"

namespace npulse::dram {

class Device {
 public:
  /// Rules about commands outside `used` are left out.
  Device(const ResolvedPart& part, CommandSet used);

  /// Earliest tick for `command` anywhere in the pseudo-channel, command buses aside.
  Cycles floor(Command command) const {
    return earliest_[index(command)][slot(Scope::pseudo_channel, 0)];
  }
  /// Earliest tick for `command` in a bank, as far as rank, group and bank know; the floor is
  /// apart.
  Cycles earliest(Command command, std::size_t bank) const {
    const auto& times = earliest_[index(command)];
    const Cycles group = std::max(times[bank], times[slot(Scope::bank_group, bank)]);
    return std::max(group, times[slot(Scope::rank, bank)]);
  }
  /// `at`, or the end of the gaps that it lies in.
  Cycles outside_gaps(Command command, Cycles at) const {
    const auto& gap = gaps_[index(command)];
    if (!gap) return at;
    for (const Cycles last : last_two_[index(bus_model(command))]) {
      if (at > last + gap->after && at < last + gap->before) at = last + gap->before;
    }
    return at;
  }
  /// Applies the rules that `command` to `bank` at `now` sets going. A column command that closes
  /// its row precharges as soon as a `pre` could go.
  void issue(Command command, std::size_t bank, Cycles now);

 private:
  /// Ticks of the last commands of one kind in one scope instance, as a ring.
  struct Ring {
    std::vector<Cycles> times;
    std::size_t oldest = 0;
  };
  struct Window {
    Scope scope;
    std::vector<Delay> delays;
    std::vector<Ring> rings;  ///< By scope instance.
  };

  void add_window(const WindowDelay& rule, CommandSet used);
  void auto_precharge(std::size_t bank, Cycles now);
  /// Where the scope instance of a bank stands in earliest_.
  std::size_t slot(Scope scope, std::size_t bank) const {
    return base_[static_cast<std::size_t>(scope)] +
           (bank >> shift_[static_cast<std::size_t>(scope)]);
  }
  void delay(const Delay& rule, std::size_t bank, Cycles until) {
    if (rule.scope == Scope::other_rank) return delay_other_ranks(rule, bank, until);
    if (rule.scope == Scope::bank_set) return delay_bank_set(rule, bank, until);
    Cycles& value = earliest_[index(rule.to)][slot(rule.scope, bank)];
    value = std::max(value, until);
  }
  void delay_other_ranks(const Delay& rule, std::size_t bank, Cycles until);

  void delay_bank_set(const Delay& rule, std::size_t bank, Cycles until);

  static constexpr std::size_t kScopes = 6;

  std::array<std::optional<Gap>, kCommands> gaps_;
  std::size_t ranks_, banks_, refresh_sets_;
  std::array<std::size_t, kScopes> base_{}, shift_{};
  /// By command: banks, bank groups, ranks, then the pseudo-channel.
  std::array<std::vector<Cycles>, kCommands> earliest_;
  std::array<std::vector<Delay>, kCommands> delays_;  ///< By the command that causes them.
  std::vector<Delay> precharge_delays_;               ///< Those of an auto-precharge.
  std::array<Cycles, kCommands> leads_{};
  std::vector<Window> windows_;
  std::array<std::vector<std::size_t>, kCommands> windows_of_;
  std::array<std::array<Cycles, 2>, kCommands> last_two_;  ///< Older first; only with a gap.
};

}  // namespace npulse::dram
