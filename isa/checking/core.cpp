// SPDX-License-Identifier: Apache-2.0
#include "isa/checking/core.h"

#include <fmt/format.h>

#include <algorithm>

namespace npulse::isa::checking {
namespace {

// A core runs no further ahead of the others, so that what events remember of it stays short.
constexpr int kTurn = 64;

}  // namespace

Core::Core(std::uint32_t number, const Program& program, std::size_t queue_depth, Effects& effects,
           ChipBarrier& barrier)
    : number_{number},
      header_{program.header()},
      queue_depth_{queue_depth},
      program_{program.open(number)},
      effects_{effects},
      barrier_{barrier},
      queues_(header_.queues.size()) {}

bool Core::step(std::optional<std::uint16_t> starved) {
  bool moved = execute_heads(starved);
  for (int i = 0; i < kTurn && dispatch(); ++i) {
    moved = true;
    execute_heads(starved);
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
    if (queue.size() >= queue_depth_) return false;
    Pending pending{std::move(*next_), {}, {}, {}};
    pending.place = {number_, pending.instruction.line, fetched_++};
    if (header_.sync == SyncMode::hazard) find_hazards(pending);
    queue.push_back(std::move(pending));
  }
  next_.reset();
  return true;
}

bool Core::pass_barrier(BarScope scope) {
  if (!queues_empty()) return false;
  if (scope == BarScope::core) {
    effects_.pass_core_barrier(number_);
    return true;
  }
  if (!waits_for_generation_) {
    waits_for_generation_ = barrier_.generation;
    if (++barrier_.arrived == header_.cores) {
      barrier_.arrived = 0;
      ++barrier_.generation;
      effects_.pass_chip_barrier();
    }
  }
  if (barrier_.generation == *waits_for_generation_) return false;
  waits_for_generation_.reset();
  return true;
}

bool Core::execute_heads(std::optional<std::uint16_t> starved) {
  bool any = false;
  for (bool moved = true; moved;) {
    moved = false;
    for (std::uint16_t queue = 0; queue < queues_.size(); ++queue) {
      while (queue != starved && execute_head(queue)) any = moved = true;
    }
  }
  return any;
}

bool Core::execute_head(std::uint16_t queue) {
  if (queues_[queue].empty()) return false;
  const Pending& head = queues_[queue].front();
  if (unmet_wait(head.instruction)) return false;
  if (!std::all_of(head.depends.begin(), head.depends.end(),
                   [&](auto i) { return has_executed(i); }))
    return false;
  effects_.execute(head.instruction, head.place);
  queues_[queue].pop_front();
  ++executed_;
  return true;
}

/// The first of the instruction's waits that is not met; nullptr when it may execute.
const Wait* Core::unmet_wait(const Instruction& instruction) const {
  for (const Wait& wait : instruction.waits) {
    if (effects_.count(number_, wait.event) < wait.count) return &wait;
  }
  return nullptr;
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

void Core::report_stuck(const Usage& usage, Findings& findings) const {
  for (const auto& queue : queues_) {
    if (!queue.empty()) report_head(queue.front(), usage, findings);
  }
  if (next_) report_dispatch(findings);
}

void Core::report_head(const Pending& head, const Usage& usage, Findings& findings) const {
  const Wait* wait = unmet_wait(head.instruction);
  if (!wait) return;  // it waits for an older instruction, which is reported
  findings.error_at(head.place, Fault::stuck, [&] {
    const EventUse& use = usage.event(wait->event);
    return Diagnostic{
        "",
        fmt::format("{} of {} waits for ever: event '{}' ends at {}, it needs {}",
                    to_string(head.instruction.opcode()),
                    header_.queues[head.instruction.queue].name, header_.events[wait->event].name,
                    effects_.count(number_, wait->event), wait->count),
        use.signals ? "it is signalled by " + join(use.signallers) : "nothing signals it"};
  });
}

void Core::report_dispatch(Findings& findings) const {
  const Place place{number_, next_->line, fetched_};
  const auto* bar = std::get_if<Bar>(&next_->operation);
  if (bar && bar->scope == BarScope::chip && waits_for_generation_) {
    findings.error_at(place, Fault::stuck, [&] {
      return Diagnostic{"",
                        fmt::format("bar chip waits for ever: only {} of {} cores reach it",
                                    barrier_.arrived, header_.cores),
                        "every core needs as many 'bar chip'"};
    });
  } else if (!bar) {
    const auto& queue = header_.queues[next_->queue];
    findings.error_at(place, Fault::stuck, [&] {
      return Diagnostic{
          "",
          fmt::format("{} finds no room in queue '{}' for ever: it holds {} that wait",
                      to_string(next_->opcode()), queue.name, queue_depth_),
          "signal what they wait for earlier in the program"};
    });
  }
}

}  // namespace npulse::isa::checking
