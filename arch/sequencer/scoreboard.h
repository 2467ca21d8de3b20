// SPDX-License-Identifier: Apache-2.0
// sync=hazard: finds, by address range, the older unfinished instructions that one must wait for.
#pragma once

#include <map>
#include <optional>
#include <vector>

#include "arch/ports/unit.h"
#include "isa/footprint.h"

namespace npulse::arch {

class Scoreboard {
 public:
  /// A newly dispatched instruction: returns the unfinished older ones of other queues with which it
  /// has a RAW, WAR or WAW hazard, oldest first.
  std::vector<Ticket> enter(Ticket ticket, std::uint16_t core, const isa::Instruction& instruction);
  void retire(Ticket ticket) { live_.erase(ticket); }
  /// Queue of an unfinished instruction; nullopt when it has finished.
  std::optional<std::uint16_t> queue_of(Ticket ticket) const;

 private:
  struct Live {
    std::uint16_t queue;
    std::vector<isa::Access> accesses;
  };
  std::map<Ticket, Live> live_;
};

}  // namespace npulse::arch
