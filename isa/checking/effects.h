// SPDX-License-Identifier: Apache-2.0
// What executing instructions does: the checker notes who touched what, a functional run computes.
#pragma once

#include "isa/checking/findings.h"
#include "isa/program.h"

namespace npulse::isa::checking {

class Effects {
 public:
  virtual ~Effects() = default;
  /// How far the event has come, as `core` sees it.
  virtual std::int64_t count(std::uint32_t core, EventId event) const = 0;
  /// The instruction takes effect, then signals.
  virtual void execute(const Instruction& instruction, const Place& place) = 0;
  /// The queues of `core` are empty at its barrier.
  virtual void pass_core_barrier(std::uint32_t core) = 0;
  /// The same of all cores.
  virtual void pass_chip_barrier() = 0;
};

/// Where the count of an event lies: one a core, or one for the chip.
inline std::size_t event_slot(const ProgramHeader& header, std::uint32_t core, EventId event) {
  return event * std::size_t{header.cores} +
         (header.events[event].scope == EventScope::chip ? 0 : core);
}

}  // namespace npulse::isa::checking
