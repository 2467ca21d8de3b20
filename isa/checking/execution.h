// SPDX-License-Identifier: Apache-2.0
// The state that all cores share while a program is executed without time, and what one instruction
// does to it.
#pragma once

#include "isa/checking/event_history.h"
#include "isa/checking/shadow.h"

namespace npulse::isa::checking {

class Execution {
 public:
  Execution(const ProgramHeader& header, const CheckTarget& target, Findings& findings);

  /// The first of the instruction's waits that is not met; nullptr when it may execute.
  const Wait* unmet_wait(std::uint32_t core, const Instruction& instruction) const;
  /// Reports what is wrong with its accesses, then signals.
  void execute(const Instruction& instruction, const Place& place);

  /// The queues of `core` are empty at its barrier.
  void pass_core_barrier(std::uint32_t core);
  /// The same of all cores: what came before is ordered before all that comes after.
  void pass_chip_barrier();

  std::int64_t count(std::uint32_t core, EventId event) const {
    return events_[slot(core, event)].count();
  }
  /// Says which checks were not complete.
  void report_limits() const;
  bool hazard_mode() const { return header_.sync == SyncMode::hazard; }
  const ProgramHeader& header() const { return header_; }
  const CheckTarget& target() const { return target_; }
  Findings& findings() { return findings_; }

 private:
  std::size_t slot(std::uint32_t core, EventId event) const {
    return event * std::size_t{header_.cores} +
           (header_.events[event].scope == EventScope::chip ? 0 : core);
  }
  std::size_t thread(std::uint32_t core, std::uint16_t queue) const {
    return core * header_.queues.size() + queue;
  }
  std::size_t threads_of_core() const { return header_.queues.size(); }
  std::uint64_t capacity(Space space) const;
  Shadow& shadow(const Access& access);
  Epoch begin(const Instruction& instruction, const Place& place);
  void check_access(const Access& access, const Epoch& epoch, const Clock& clock);
  bool in_bounds(const Access& access, const Epoch& epoch);
  void report_race(const Access& access, const Epoch& epoch, const Shadow::Race& race);
  void report_unwritten(const Access& access, const Epoch& epoch, Address begin, Address end);
  std::string name_of(const Epoch& epoch) const;

  const ProgramHeader& header_;
  const CheckTarget& target_;
  Findings& findings_;
  std::vector<Clock> clocks_;  ///< By thread.
  std::vector<EventHistory> events_;
  std::vector<Shadow> spm_, acc_;  ///< By core.
  Shadow dram_, shared_;
  std::vector<Access> accesses_;  ///< Of the instruction being executed.
};

}  // namespace npulse::isa::checking
