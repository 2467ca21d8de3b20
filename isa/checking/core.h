// SPDX-License-Identifier: Apache-2.0
// One core of the execution without time: dispatches in order into finite queues and executes each
// queue's head as soon as its waits, and in hazard mode the older conflicting instructions, allow.
#pragma once

#include <deque>

#include "isa/checking/effects.h"
#include "isa/checking/usage.h"
#include "isa/footprint.h"
#include "isa/loop_expander.h"

namespace npulse::isa::checking {

/// Where cores meet.
struct ChipBarrier {
  std::uint32_t arrived = 0;
  std::uint64_t generation = 0;
};

class Core {
 public:
  Core(std::uint32_t number, const Program& program, std::size_t queue_depth, Effects& effects,
       ChipBarrier& barrier);

  /// Moves on by at most some instructions, none of them of queue `starved`; false when nothing can
  /// move.
  bool step(std::optional<std::uint16_t> starved = {});
  /// Executes the head of one queue, if it may.
  bool execute_head(std::uint16_t queue);
  bool done() const { return ended_ && !next_ && queues_empty(); }
  std::uint64_t executed() const { return executed_; }
  /// Reports what each queue and the dispatch wait for.
  void report_stuck(const Usage& usage, Findings& findings) const;

 private:
  struct Pending {
    Instruction instruction;
    Place place;
    std::vector<Access> accesses;        ///< Hazard mode only.
    std::vector<std::uint64_t> depends;  ///< Indices of older instructions that must execute first.
  };
  void fetch();
  bool dispatch();
  bool pass_barrier(BarScope scope);
  bool execute_heads(std::optional<std::uint16_t> starved);
  const Wait* unmet_wait(const Instruction& instruction) const;
  void find_hazards(Pending& pending) const;
  bool has_executed(std::uint64_t index) const;
  bool queues_empty() const;
  void report_head(const Pending& head, const Usage& usage, Findings& findings) const;
  void report_dispatch(Findings& findings) const;

  std::uint32_t number_;
  const ProgramHeader& header_;
  std::size_t queue_depth_;
  LoopExpander program_;
  Effects& effects_;
  ChipBarrier& barrier_;
  std::vector<std::deque<Pending>> queues_;
  std::optional<Instruction> next_;
  std::optional<std::uint64_t> waits_for_generation_;  ///< At a chip barrier.
  std::uint64_t fetched_ = 0, executed_ = 0;
  bool ended_ = false;
};

}  // namespace npulse::isa::checking
