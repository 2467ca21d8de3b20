// SPDX-License-Identifier: Apache-2.0
// A sequencer that issues a list of instructions to one unit as fast as the unit takes them.
#pragma once

#include <vector>

#include "arch/ports/unit.h"
#include "sim/kernel/simulation.h"

namespace npulse::test {

class UnitScript : public sim::Module, public arch::UnitListener {
 public:
  struct Event {
    arch::Ticket ticket;
    Cycles at;
    arch::Outcome outcome;
  };

  UnitScript(const char* name, sim::Simulation& simulation, const ClockDomain& clock,
             arch::Unit& unit, std::vector<isa::Instruction> instructions)
      : Module{name, simulation, clock}, unit_{unit}, instructions_{std::move(instructions)} {
    unit_.bind(*this);
    wake_at(Cycles{0});
  }

  void completed(arch::Ticket ticket, const arch::Outcome& outcome) override {
    completions.push_back({ticket, now(), outcome});
  }
  void unit_ready() override {
    ++readies;
    issue();
  }
  bool idle() const override { return next_ == instructions_.size(); }
  std::string describe_state() const override { return "script"; }

  std::vector<Cycles> starts;
  std::vector<Event> completions;
  int readies = 0;

 private:
  void step() override { issue(); }
  void issue() {
    while (next_ < instructions_.size() && unit_.can_start()) {
      starts.push_back(now());
      unit_.start(next_, instructions_[next_]);
      ++next_;
    }
  }

  arch::Unit& unit_;
  std::vector<isa::Instruction> instructions_;
  std::size_t next_ = 0;
};

}  // namespace npulse::test
