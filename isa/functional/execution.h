// SPDX-License-Identifier: Apache-2.0
// One execution of a program on a machine, in one order.
#pragma once

#include <functional>
#include <optional>

#include "isa/checking/core.h"
#include "isa/functional/machine.h"

namespace npulse::isa::functional {

/// A queue of a core.
struct Thread {
  std::uint32_t core = 0;
  std::uint16_t queue = 0;
};

class Execution : public checking::Effects {
 public:
  Execution(const Program& program, const CheckTarget& target, Machine& machine);

  /// `starved`, if any, executes only when nothing else can. Throws as run().
  void run(std::optional<Thread> starved, const checking::Usage& usage,
           const std::function<void()>& poll);
  std::uint64_t instructions() const { return instructions_; }

  std::int64_t count(std::uint32_t core, EventId event) const override;
  void execute(const Instruction& instruction, const checking::Place& place) override;
  void pass_core_barrier(std::uint32_t) override {}
  void pass_chip_barrier() override {}

 private:
  void check_bounds(const Instruction& instruction, const checking::Place& place);
  bool step(std::optional<Thread> starved);
  [[noreturn]] void report_stuck(const checking::Usage& usage) const;

  const Program& program_;
  const CheckTarget& target_;
  Machine& machine_;
  std::vector<std::int64_t> counts_;  ///< Of events, by their slot.
  std::vector<Access> accesses_;      ///< Of the instruction being executed.
  checking::ChipBarrier barrier_;
  std::vector<checking::Core> cores_;
  std::uint64_t instructions_ = 0;
};

}  // namespace npulse::isa::functional
