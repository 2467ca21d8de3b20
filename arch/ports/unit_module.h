// SPDX-License-Identifier: Apache-2.0
// A unit whose instructions take a time known at their start: the SystemC side of PE array and
// vector unit.
#pragma once

#include <deque>

#include "arch/ports/execution.h"
#include "sim/kernel/module.h"

namespace npulse::arch {

/// Completes each instruction at the cycle that `execute` gave for it, but none before an older
/// one.
class UnitModule : public sim::Module, public Unit {
 public:
  using sim::Module::Module;

  void bind(UnitListener& listener) override { listener_ = &listener; }
  bool can_start() const override { return now() >= accepts_next_at_; }
  void start(Ticket ticket, const isa::Instruction& instruction) override;

  bool idle() const override { return in_flight_.empty(); }
  std::string describe_state() const override;

 protected:
  virtual Execution execute(Cycles now, const isa::Instruction& instruction) = 0;

 private:
  struct InFlight {
    Cycles finish;
    Ticket ticket;
    Outcome outcome;
  };
  void step() override;
  void sleep();

  UnitListener* listener_ = nullptr;
  Cycles accepts_next_at_{};
  bool announced_ = true;  ///< The listener knows that the unit accepts again.
  std::deque<InFlight> in_flight_;
};

}  // namespace npulse::arch
