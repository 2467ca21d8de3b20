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
  explicit Device(const ResolvedPart& part);

  /// Earliest tick for `command` anywhere in the pseudo-channel, command buses aside.
  Cycles floor(Command command) const { return at(pseudo_channel_, command); }
  /// Earliest tick for `command` in a bank, as far as rank, group and bank know; the floor is apart.
  Cycles earliest(Command command, std::size_t bank) const {
    const Cycles local = std::max(at(slot(kBank, bank), command), at(slot(kGroup, bank), command));
    return std::max(local, at(slot(kRank, bank), command));
  }
  /// Applies the rules that `command` to `bank` at `now` sets going.
  void issue(Command command, std::size_t bank, Cycles now);

 private:
  enum Level : std::size_t { kBank, kGroup, kRank, kLevels };
  using Earliest = std::array<Cycles, kCommands>;  ///< By command.

  /// Ticks of the last commands of one kind in one scope instance, as a ring.
  struct Ring {
    std::vector<Cycles> times;
    std::size_t oldest = 0;
  };
  struct Window {
    WindowDelay rule;
    std::vector<Ring> rings;  ///< By scope instance.
  };

  std::size_t slot(Level level, std::size_t bank) const {
    return base_[level] + (bank >> shift_[level]);
  }
  Cycles at(std::size_t slot, Command command) const { return earliest_[slot][index(command)]; }
  void delay(const Delay& rule, std::size_t bank, Cycles until);
  void raise(std::size_t slot, Command command, Cycles until) {
    Cycles& value = earliest_[slot][index(command)];
    if (value < until) value = until;
  }
  std::size_t instance(Scope scope, std::size_t bank) const;

  const ResolvedPart& part_;
  std::array<std::size_t, kLevels> base_{}, shift_{};
  std::size_t ranks_, pseudo_channel_;
  std::vector<Earliest> earliest_;  ///< Banks, groups, ranks, then the pseudo-channel.
  std::array<std::vector<Window>, kCommands> windows_;
};

}  // namespace npulse::dram
