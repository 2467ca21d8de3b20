// SPDX-License-Identifier: Apache-2.0
#include "traces/lowering/emitter.h"

#include <utility>

#include "sim/core/error.h"

namespace npulse::lowering {

using isa::EventId;
using isa::Instruction;

std::vector<isa::EventDecl> Survey::events_in_use(const EventTable& events) const {
  std::vector<isa::EventDecl> used;
  for (std::size_t i = 0; i < waited.size(); ++i) {
    if (waited[i]) used.push_back(events.declarations()[i]);
  }
  return used;
}

std::vector<EventId> Survey::numbers() const {
  std::vector<EventId> list;
  EventId next = 0;
  for (const bool used : waited) list.push_back(used ? next++ : next);
  return list;
}

Emitter::Emitter(const Setup& setup)
    : setup_{setup},
      signalled_(setup.events->declarations().size()),
      written_(signalled_.size()),
      waited_(kRoles, std::vector<std::int64_t>(signalled_.size())) {
  setup_.survey->waited.resize(signalled_.size());
  if (!recording()) numbers_ = setup_.survey->numbers();
}

void Emitter::put(Role role, isa::Operation operation, const Events& waits, const Events& signals) {
  Instruction instruction{std::move(operation), setup_.queues[role], waits_for(role, waits),
                          signals_of(signals), 0};
  if (recording()) return;
  const bool movable = setup_.lookahead > 0;
  if (movable && role == Role::load) {
    emit_load(instruction);
  } else if (movable) {
    pending_.push_back({loads_, region_, std::move(instruction)});
  } else {
    write(region_, instruction);
  }
}

std::vector<isa::Wait> Emitter::waits_for(Role role, const Events& events) {
  std::vector<isa::Wait> waits;
  for (const EventId event : events) {
    const std::int64_t count = signalled_[event];
    auto& known = waited_[static_cast<std::size_t>(role)][event];
    if (count <= known) continue;
    known = count;
    setup_.survey->waited[event] = true;
    waits.push_back({event, count, {}});
  }
  return waits;
}

std::vector<isa::Signal> Emitter::signals_of(const Events& events) {
  std::vector<isa::Signal> signals;
  for (const EventId event : events) {
    if (setup_.events->is_chip_wide(event)) {
      ++chip_signals_;
    } else {
      ++signalled_[event];
    }
    if (recording() || setup_.survey->waited[event]) signals.push_back({event, 1});
  }
  return signals;
}

void Emitter::emit_load(Instruction& instruction) {
  while (!pending_.empty() &&
         (pending_.front().load + setup_.lookahead <= loads_ || !satisfied(instruction))) {
    flush_front();
  }
  ensure(satisfied(instruction), "a load waits for what is never signalled");
  ++loads_;
  write(region_, instruction);
}

bool Emitter::satisfied(const Instruction& load) const {
  for (const isa::Wait& wait : load.waits) {
    if (!setup_.events->is_chip_wide(wait.event) && written_[wait.event] < wait.count) return false;
  }
  return true;
}

void Emitter::flush_front() {
  write(pending_.front().region, pending_.front().instruction);
  pending_.pop_front();
}

void Emitter::write(std::string_view region, Instruction& instruction) {
  if (region != open_region_) {
    if (!open_region_.empty()) write_mark(isa::EndMark{});
    if (!region.empty()) write_mark(isa::Mark{std::string{region}});
    open_region_ = region;
  }
  for (isa::Wait& wait : instruction.waits) wait.event = numbers_[wait.event];
  for (isa::Signal& signal : instruction.signals) {
    written_[signal.event] += signal.amount;
    signal.event = numbers_[signal.event];
  }
  setup_.sink->put(setup_.core, instruction);
}

void Emitter::write_mark(isa::Operation operation) {
  Instruction mark;
  mark.operation = std::move(operation);
  setup_.sink->put(setup_.core, mark);
}

void Emitter::end_round(EventId event) {
  auto& totals = setup_.survey->signals_in_round;
  if (totals.size() <= round_) totals.resize(round_ + 1);
  if (recording()) totals[round_] += chip_signals_;
  signalled_[event] += totals[round_++];
  chip_signals_ = 0;
}

void Emitter::finish() {
  while (!pending_.empty()) flush_front();
  if (!open_region_.empty()) write_mark(isa::EndMark{});
  open_region_ = {};
}

}  // namespace npulse::lowering
