// SPDX-License-Identifier: Apache-2.0
#include "isa/functional/execution.h"

#include <fmt/format.h>

namespace npulse::isa::functional {

Execution::Execution(const Program& program, const CheckTarget& target, Machine& machine)
    : program_{program},
      target_{target},
      machine_{machine},
      counts_(program.header().events.size() * program.header().cores) {
  for (std::uint32_t core = 0; core < program.header().cores; ++core)
    cores_.emplace_back(core, program, target.queue_depth, *this, barrier_);
}

std::int64_t Execution::count(std::uint32_t core, EventId event) const {
  return counts_[checking::event_slot(program_.header(), core, event)];
}

void Execution::execute(const Instruction& instruction, const checking::Place& place) {
  check_bounds(instruction, place);
  try {
    machine_.execute(place.core, instruction);
  } catch (const InputError& error) {
    Diagnostic fault = error.faults().front();
    fault.where = fmt::format("{}: {}: {}", program_.name(), short_text(place), fault.where);
    throw InputError{fault};
  }
  ++instructions_;
  for (const Signal& signal : instruction.signals)
    counts_[checking::event_slot(program_.header(), place.core, signal.event)] += signal.amount;
}

void Execution::check_bounds(const Instruction& instruction, const checking::Place& place) {
  accesses_.clear();
  append_footprint(instruction, static_cast<std::uint16_t>(place.core), accesses_);
  for (const Access& access : accesses_) {
    const auto room = static_cast<std::uint64_t>(capacity_of(target_, access.space).count());
    if (access.end <= room) continue;
    throw InputError{
        fmt::format("{}: {}", program_.name(), short_text(place)),
        fmt::format("{} {} {} bytes {:#x} to {:#x}", to_string(instruction.opcode()),
                    access.write ? "writes" : "reads", to_string(access.space), access.begin,
                    access.end - 1),
        fmt::format("{} of chip '{}' has {} bytes", to_string(access.space), target_.name, room)};
  }
}

bool Execution::step(std::optional<Thread> starved) {
  bool moved = false;
  for (std::uint32_t core = 0; core < cores_.size(); ++core) {
    const bool starves = starved && starved->core == core;
    moved = cores_[core].step(starves ? std::optional{starved->queue} : std::nullopt) || moved;
  }
  return moved || (starved && cores_[starved->core].execute_head(starved->queue));
}

void Execution::run(std::optional<Thread> starved, const checking::Usage& usage,
                    const std::function<void()>& poll) {
  while (step(starved)) {
    if (poll) poll();
  }
  for (const checking::Core& core : cores_) {
    if (!core.done()) report_stuck(usage);
  }
}

void Execution::report_stuck(const checking::Usage& usage) const {
  CheckReport report;
  checking::Findings findings{program_.name(), report};
  for (const checking::Core& core : cores_) {
    if (!core.done()) core.report_stuck(usage, findings);
  }
  std::string text = "deadlock of the functional run";
  for (const Diagnostic& fault : report.errors) text += "\n" + fault.text();
  throw DeadlockError{text};
}

}  // namespace npulse::isa::functional
