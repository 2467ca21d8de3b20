// SPDX-License-Identifier: Apache-2.0
#include "isa/checking/core.h"

#include <fmt/format.h>

namespace npulse::isa::checking {
namespace {

// A core runs no further ahead of the others, so that what events remember of it stays short.
constexpr int kTurn = 64;

}  // namespace

Core::Core(std::uint32_t number, const Program& program, Execution& execution, ChipBarrier& barrier)
    : number_{number},
      program_{program.open(number)},
      execution_{execution},
      barrier_{barrier},
      queues_(program.header().queues.size()) {}

bool Core::step() {
  bool moved = execute_heads();
  for (int i = 0; i < kTurn && dispatch(); ++i) {
    moved = true;
    execute_heads();
  }
  return moved;
}

void Core::fetch() {
  Instruction instruction;
  while (!next_ && !ended_) {
    if (!program_.next(instruction) || instruction.opcode() == Opcode::end) {
      ended_ = true;
    } else if (instruction.opcode() != Opcode::mark && instruction.opcode() != Opcode::endmark) {
      next_ = std::move(instruction);
    }
  }
}

bool Core::dispatch() {
  fetch();
  if (!next_) return false;
  if (const auto* bar = std::get_if<Bar>(&next_->operation)) {
    if (!pass_barrier(bar->scope)) return false;
    ++fetched_;
    ++executed_;
  } else {
    auto& queue = queues_[next_->queue];
    if (queue.size() >= execution_.target().queue_depth) return false;
    Pending pending{std::move(*next_), {}, {}, {}};
    pending.place = {number_, pending.instruction.line, fetched_++};
    if (execution_.hazard_mode()) find_hazards(pending);
    queue.push_back(std::move(pending));
  }
  next_.reset();
  return true;
}

bool Core::pass_barrier(BarScope scope) {
  if (!queues_empty()) return false;
  if (scope == BarScope::core) {
    execution_.pass_core_barrier(number_);
    return true;
  }
  if (!waits_for_generation_) {
    waits_for_generation_ = barrier_.generation;
    if (++barrier_.arrived == execution_.header().cores) {
      barrier_.arrived = 0;
      ++barrier_.generation;
      execution_.pass_chip_barrier();
    }
  }
  if (barrier_.generation == *waits_for_generation_) return false;
  waits_for_generation_.reset();
  return true;
}

bool Core::execute_heads() {
  bool any = false;
  for (bool moved = true; moved;) {
    moved = false;
    for (auto& queue : queues_) {
      while (!queue.empty()) {
        const Pending& head = queue.front();
        if (execution_.unmet_wait(number_, head.instruction)) break;
        if (!std::all_of(head.depends.begin(), head.depends.end(),
                         [&](auto i) { return has_executed(i); }))
          break;
        execution_.execute(head.instruction, head.place);
        queue.pop_front();
        ++executed_;
        any = moved = true;
      }
    }
  }
  return any;
}

void Core::find_hazards(Pending& pending) const {
  append_footprint(pending.instruction, static_cast<std::uint16_t>(number_), pending.accesses);
  for (const auto& queue : queues_) {
    for (const Pending& older : queue) {
      const bool hazard =
          std::any_of(older.accesses.begin(), older.accesses.end(), [&](const Access& a) {
            return std::any_of(pending.accesses.begin(), pending.accesses.end(),
                               [&](const Access& b) { return conflict(a, b); });
          });
      if (hazard) pending.depends.push_back(older.place.index);
    }
  }
}

bool Core::has_executed(std::uint64_t index) const {
  return std::none_of(queues_.begin(), queues_.end(), [&](const auto& queue) {
    return std::any_of(queue.begin(), queue.end(),
                       [&](const Pending& p) { return p.place.index == index; });
  });
}

bool Core::queues_empty() const {
  return std::all_of(queues_.begin(), queues_.end(),
                     [](const auto& queue) { return queue.empty(); });
}

void Core::report_stuck(const Usage& usage) {
  for (const auto& queue : queues_) {
    if (!queue.empty()) report_head(queue.front(), usage);
  }
  if (next_) report_dispatch();
}

void Core::report_head(const Pending& head, const Usage& usage) {
  const ProgramHeader& header = execution_.header();
  const Wait* wait = execution_.unmet_wait(number_, head.instruction);
  if (!wait) return;  // it waits for an older instruction, which is reported
  execution_.findings().error_at(head.place, Fault::stuck, [&] {
    const EventUse& use = usage.event(wait->event);
    return Diagnostic{
        "",
        fmt::format("{} of {} waits for ever: event '{}' ends at {}, it needs {}",
                    to_string(head.instruction.opcode()),
                    header.queues[head.instruction.queue].name, header.events[wait->event].name,
                    execution_.count(number_, wait->event), wait->count),
        use.signals ? "it is signalled by " + join(use.signallers) : "nothing signals it"};
  });
}

void Core::report_dispatch() {
  const Place place{number_, next_->line, fetched_};
  const auto* bar = std::get_if<Bar>(&next_->operation);
  if (bar && bar->scope == BarScope::chip && waits_for_generation_) {
    execution_.findings().error_at(place, Fault::stuck, [&] {
      return Diagnostic{"",
                        fmt::format("bar chip waits for ever: only {} of {} cores reach it",
                                    barrier_.arrived, execution_.header().cores),
                        "every core needs as many 'bar chip'"};
    });
  } else if (!bar) {
    const auto& queue = execution_.header().queues[next_->queue];
    execution_.findings().error_at(place, Fault::stuck, [&] {
      return Diagnostic{
          "",
          fmt::format("{} finds no room in queue '{}' for ever: it holds {} that wait",
                      to_string(next_->opcode()), queue.name, execution_.target().queue_depth),
          "signal what they wait for earlier in the program"};
    });
  }
}

}  // namespace npulse::isa::checking
