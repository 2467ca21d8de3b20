// SPDX-License-Identifier: Apache-2.0
#include "arch/ports/unit_module.h"

#include <algorithm>

#include "sim/core/error.h"

namespace npulse::arch {

void UnitModule::start(Ticket ticket, const isa::Instruction& instruction) {
  ensure(listener_ && can_start(), "an instruction was issued to a unit that cannot take it");
  Execution execution = execute(now(), instruction);
  accepts_next_at_ = execution.accepts_next_at;
  announced_ = false;
  const Cycles oldest = in_flight_.empty() ? Cycles{0} : in_flight_.back().finish;
  in_flight_.push_back({std::max(execution.finish, oldest), ticket, std::move(execution.outcome)});
  sleep();
}

void UnitModule::step() {
  // The listener may start the next instruction from within either call.
  while (!in_flight_.empty() && in_flight_.front().finish <= now()) {
    const InFlight done = std::move(in_flight_.front());
    in_flight_.pop_front();
    listener_->completed(done.ticket, done.outcome);
  }
  if (!announced_ && can_start()) {
    announced_ = true;
    listener_->unit_ready();
  }
  sleep();
}

void UnitModule::sleep() {
  if (!announced_) wake_at(accepts_next_at_);
  if (!in_flight_.empty()) wake_at(in_flight_.front().finish);
}

std::string UnitModule::describe_state() const {
  std::string text = std::to_string(in_flight_.size()) + " instructions in flight";
  if (in_flight_.empty()) return text;
  return text + ", the first ends in cycle " + std::to_string(in_flight_.front().finish.count());
}

}  // namespace npulse::arch
