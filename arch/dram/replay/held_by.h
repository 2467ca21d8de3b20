// SPDX-License-Identifier: Apache-2.0
// Finds the timing rule that held a command back longest, from the commands seen before it.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "arch/dram/replay/time_use.h"
#include "arch/dram/resolved_part.h"

namespace npulse::dram {

/// Up to `until` a rule of that kind forbade a command.
struct Hold {
  Cycles until{0};
  TimeUse use = TimeUse::bus;
};

/// Of one pseudo-channel.
class HeldBy {
 public:
  explicit HeldBy(const ResolvedPart& part);

  /// The hold that ends last; of several, that of the rule that comes last in the part's table.
  Hold find(Command command, std::size_t bank) const;
  void issued(Command command, std::size_t bank, Cycles at);

 private:
  /// Who waits is known from where the rule stands.
  struct Rule {
    Command from;
    Scope scope;
    Cycles latency;
    TimeUse use;
  };
  /// The times of the last commands in each scope instance, newest first.
  struct Window {
    WindowDelay rule;
    std::vector<std::vector<Cycles>> times;
  };

  std::size_t slot(Scope scope, std::size_t bank) const;
  void consider(Hold& hold, const Rule& rule, std::size_t slot) const;
  void consider(Hold& hold, const Window& window, Command command, std::size_t bank) const;
  void remember(Command command, std::size_t bank, Cycles at);

  std::size_t banks_of_group_, banks_of_rank_, ranks_, groups_, banks_, sets_;
  std::array<Cycles, kCommands> leads_{};
  std::array<std::vector<Rule>, kCommands> rules_;  ///< By the command that waits.
  /// When a command was last seen, by command, then scope instance.
  std::array<std::vector<std::optional<Cycles>>, kCommands> last_;
  std::vector<Window> windows_;
};

}  // namespace npulse::dram
