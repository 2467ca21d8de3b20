// SPDX-License-Identifier: Apache-2.0
// What the checker knows while a program is executed without time: clocks, events, who touched
// what.
#pragma once

#include "isa/checking/effects.h"
#include "isa/checking/event_history.h"
#include "isa/checking/pulse.h"
#include "isa/checking/shadow.h"

namespace npulse::isa::checking {

class Execution : public Effects {
 public:
  Execution(const ProgramHeader& header, const CheckTarget& target, Findings& findings,
            Pulse& pulse);

  /// Reports what is wrong with its accesses, then signals.
  void execute(const Instruction& instruction, const Place& place) override;
  void pass_core_barrier(std::uint32_t core) override;
  /// What came before is ordered before all that comes after.
  void pass_chip_barrier() override;
  std::int64_t count(std::uint32_t core, EventId event) const override {
    return events_[event_slot(header_, core, event)].count();
  }
  /// Says which checks were not complete.
  void report_limits() const;

 private:
  bool hazard_mode() const { return header_.sync == SyncMode::hazard; }
  std::size_t thread(std::uint32_t core, std::uint16_t queue) const {
    return core * header_.queues.size() + queue;
  }
  std::size_t threads_of_core() const { return header_.queues.size(); }
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
  Pulse& pulse_;
  std::vector<Clock> clocks_;  ///< By thread.
  std::vector<EventHistory> events_;
  std::vector<Shadow> spm_, acc_;  ///< By core.
  Shadow dram_, shared_;
  std::vector<Access> accesses_;  ///< Of the instruction being executed.
};

}  // namespace npulse::isa::checking
