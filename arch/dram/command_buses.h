// SPDX-License-Identifier: Apache-2.0
// The command buses of a channel.
#pragma once

#include <algorithm>

#include "arch/dram/resolved_part.h"

namespace npulse::dram {

class CommandBuses {
 public:
  explicit CommandBuses(const ResolvedPart& part) {
    for (std::size_t i = 0; i < kCommands; ++i) {
      if (const auto& use = part.bus[i]) {
        uses_[i] = {static_cast<std::size_t>(use->bus), Cycles{use->ticks}, use->edge};
      }
    }
  }

  /// The first tick from `wanted` on at which `command` may begin.
  Cycles slot(Command command, Cycles wanted) const {
    const Use& use = uses_[index(command)];
    const std::int64_t free = std::max(wanted, free_at_[use.bus]).count();
    return Cycles{(free + use.edge - 1) & -use.edge};
  }
  void occupy(Command command, Cycles at) {
    const Use& use = uses_[index(command)];
    free_at_[use.bus] = at + use.ticks;
  }

 private:
  struct Use {
    std::size_t bus = 0;
    Cycles ticks{1};
    std::int64_t edge = 1;  ///< A power of two.
  };
  std::array<Use, kCommands> uses_{};
  std::array<Cycles, kBuses> free_at_{};
};

}  // namespace npulse::dram
