// SPDX-License-Identifier: Apache-2.0
// A first pass over the program as written: which events are used by whom, and whether each
// instruction on its own is sound and fits the chip.
#pragma once

#include "isa/checking/findings.h"
#include "isa/checking/pulse.h"

namespace npulse::isa::checking {

/// Who uses an event, loops not expanded.
struct EventUse {
  std::vector<std::string> signallers;  ///< The first few, as `ld: dma of line 12`.
  std::uint64_t signals = 0, waits = 0;
};

class Usage {
 public:
  Usage(const Program& program, const CheckTarget& target, Findings& findings, Pulse& pulse);

  const EventUse& event(EventId id) const { return events_[id]; }
  /// Every instruction obeys the rules of isa/rules; if not, the program must not be executed.
  bool sound() const { return sound_; }

 private:
  void scan(const Instruction& instruction, const Place& place, const ProgramHeader& header);
  void warn_unused(const ProgramHeader& header, Findings& findings) const;

  std::vector<EventUse> events_;
  bool sound_ = true;
};

}  // namespace npulse::isa::checking
