// SPDX-License-Identifier: Apache-2.0
// The counting events of a run: one count an event of chip scope, one a core for the others.
#pragma once

#include <vector>

#include "arch/ports/observer.h"
#include "isa/program.h"

namespace npulse::arch {

struct Signaller {
  QueueRef queue;
  std::uint32_t line = 0;
};

class EventBoard {
 public:
  EventBoard(const std::vector<isa::EventDecl>& events, std::uint32_t cores)
      : events_{events}, cores_{cores}, slots_(events.size() * cores) {}

  std::int64_t count(std::uint16_t core, isa::EventId event) const {
    return slots_[index(core, event)].count;
  }
  const std::optional<Signaller>& last_signaller(std::uint16_t core, isa::EventId event) const {
    return slots_[index(core, event)].last;
  }
  void signal(std::uint16_t core, const isa::Signal& signal, Signaller by) {
    Slot& slot = slots_[index(core, signal.event)];
    slot.count += signal.amount;
    slot.last = by;
  }
  bool chip_wide(isa::EventId event) const {
    return events_.at(event).scope == isa::EventScope::chip;
  }
  const std::string& name(isa::EventId event) const { return events_.at(event).name; }

 private:
  struct Slot {
    std::int64_t count = 0;
    std::optional<Signaller> last;
  };
  /// An event of chip scope only uses the slot of core 0.
  std::size_t index(std::uint16_t core, isa::EventId event) const {
    return event * std::size_t{cores_} + (chip_wide(event) ? 0 : core);
  }

  std::vector<isa::EventDecl> events_;
  std::uint32_t cores_;
  std::vector<Slot> slots_;
};

/// Where cores meet: opens when all have arrived.
class Barrier {
 public:
  explicit Barrier(std::uint32_t cores) : cores_{cores} {}
  /// A core arrives; returns the generation it waits to see passed.
  std::uint64_t arrive() {
    const std::uint64_t generation = generation_;
    if (++arrived_ == cores_) {
      arrived_ = 0;
      ++generation_;
    }
    return generation;
  }
  bool passed(std::uint64_t generation) const { return generation_ > generation; }

 private:
  std::uint32_t cores_, arrived_ = 0;
  std::uint64_t generation_ = 0;
};

}  // namespace npulse::arch
