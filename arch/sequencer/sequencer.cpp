// SPDX-License-Identifier: Apache-2.0
#include "arch/sequencer/sequencer.h"

#include <fmt/format.h>

#include <algorithm>

#include "sim/core/error.h"

namespace npulse::arch {

Sequencer::Sequencer(const SequencerParams& params, std::uint16_t core, const isa::Program& program,
                     const std::vector<Unit*>& units, SharedState& shared, RunObserver& observer)
    : params_{params},
      core_{core},
      shared_{shared},
      observer_{observer},
      dispatcher_{core, program.open(core), shared.regions, observer} {
  const isa::ProgramHeader& header = program.header();
  ensure(units.size() == header.queues.size(), "one unit a queue");
  for (std::size_t i = 0; i < units.size(); ++i) queues_.emplace_back(header.queues[i], *units[i]);
  if (header.sync == isa::SyncMode::hazard) scoreboard_.emplace();
}

bool Sequencer::step(Cycles now) {
  bool others = false;
  for (bool moved = true; moved;) {
    const Flags signals = apply_signals(now);
    const Flags dispatched = dispatch(now);
    const bool issued = issue_heads(now);
    moved = signals.progress || dispatched.progress || issued;
    others = others || signals.others || dispatched.others;
  }
  account_all(now);
  return others;
}

void Sequencer::completed(Cycles now, std::uint16_t queue, Ticket ticket, const Outcome& outcome) {
  IssueQueue& from = queues_[queue];
  from.account().stalled(now, outcome.stalled, outcome.stalled_on);
  const Entry entry = from.retire(ticket);
  if (scoreboard_) scoreboard_->retire(ticket);
  for (const isa::Signal& signal : entry.instruction.signals) {
    signals_.push_back(
        {now + params_.signal_cycles, signal, {{core_, queue}, entry.instruction.line}});
  }
  observer_.finished({{core_, queue},
                      entry.instruction.opcode(),
                      entry.region,
                      entry.instruction.line,
                      entry.issued,
                      now,
                      outcome.stalled,
                      outcome.activity});
}

Sequencer::Flags Sequencer::apply_signals(Cycles now) {
  Flags flags;
  auto due = signals_.begin();
  for (; due != signals_.end() && due->visible <= now; ++due) {
    shared_.events.signal(core_, due->signal, due->by);
    flags.progress = true;
    flags.others = flags.others || shared_.events.chip_wide(due->signal.event);
  }
  signals_.erase(signals_.begin(), due);
  return flags;
}

Sequencer::Flags Sequencer::dispatch(Cycles now) {
  Flags flags;
  while (dispatch_free_ <= now) {
    dispatcher_.fill();
    const isa::Instruction* next = dispatcher_.next();
    if (!next) break;
    if (const auto* bar = std::get_if<isa::Bar>(&next->operation)) {
      const Flags met = meet_barrier(*bar);
      flags.others = flags.others || met.others;
      if (!met.progress) break;
    } else if (!dispatch_to_queue(now)) {
      break;
    }
    flags.progress = true;
  }
  return flags;
}

bool Sequencer::dispatch_to_queue(Cycles now) {
  IssueQueue& queue = queues_.at(dispatcher_.next()->queue);
  if (!has_room(queue)) return false;
  Entry entry{next_ticket_++, dispatcher_.take(), dispatcher_.region(), {}, {}};
  if (scoreboard_) entry.depends_on = scoreboard_->enter(entry.ticket, core_, entry.instruction);
  queue.push(std::move(entry));
  dispatch_free_ = now + params_.dispatch_cycles;
  return true;
}

Sequencer::Flags Sequencer::meet_barrier(const isa::Bar& bar) {
  Flags flags;
  if (!barrier_generation_) {
    if (!drained()) return flags;
    if (bar.scope == isa::BarScope::chip) {
      barrier_generation_ = shared_.barrier.arrive();
      flags.others = true;
    }
  }
  if (barrier_generation_ && !shared_.barrier.passed(*barrier_generation_)) return flags;
  barrier_generation_.reset();
  dispatcher_.take();
  flags.progress = true;
  return flags;
}

bool Sequencer::drained() const {
  return signals_.empty() && std::all_of(queues_.begin(), queues_.end(),
                                         [](const auto& queue) { return queue.empty(); });
}

bool Sequencer::issue_heads(Cycles now) {
  bool moved = false;
  for (std::size_t i = 0; i < queues_.size(); ++i) {
    IssueQueue& queue = queues_[i];
    while (queue.head() && queue.unit_can_start() && !blocker(*queue.head())) {
      const Entry& entry = queue.issue(now);
      observer_.issued({core_, static_cast<std::uint16_t>(i)}, entry.region, now);
      moved = true;
    }
  }
  return moved;
}

std::optional<Blocker> Sequencer::blocker(const Entry& entry) const {
  for (const isa::Wait& wait : entry.instruction.waits) {
    if (shared_.events.count(core_, wait.event) < wait.count) return Blocker{wait, {}};
  }
  for (const Ticket older : entry.depends_on) {
    if (const auto queue = scoreboard_->queue_of(older)) return Blocker{{}, *queue};
  }
  return std::nullopt;
}

void Sequencer::account_all(Cycles now) {
  for (std::size_t i = 0; i < queues_.size(); ++i) {
    IssueQueue& queue = queues_[i];
    const auto blocked = queue.head() ? blocker(*queue.head()) : std::nullopt;
    const QueueState before = queue.account().state();
    if (queue.state(blocked) == before && blocked == queue.blocked_on()) continue;
    queue.account(now, blocked, blame(queue));
    const QueueState after = queue.account().state();
    if (after != before) {
      observer_.state_changed({core_, static_cast<std::uint16_t>(i)}, after, now);
    }
  }
}

std::string Sequencer::blame(const IssueQueue& queue) const {
  const auto& blocked = queue.blocked_on();
  if (!blocked) return queue.busy_with();
  if (blocked->queue) return name_of({core_, *blocked->queue});
  const auto& signaller = shared_.events.last_signaller(core_, blocked->event->event);
  return signaller ? name_of(signaller->queue) : shared_.events.name(blocked->event->event);
}

std::string Sequencer::name_of(QueueRef queue) const {
  return fmt::format("c{}.{}", queue.core, queues_[queue.queue].name());
}

std::optional<Cycles> Sequencer::wake_at() const {
  std::optional<Cycles> wake;
  if (!signals_.empty()) wake = signals_.front().visible;
  if (can_dispatch()) wake = wake ? std::min(*wake, dispatch_free_) : dispatch_free_;
  return wake;
}

/// What comes next may not have been read yet.
bool Sequencer::can_dispatch() const {
  const isa::Instruction* next = dispatcher_.next();
  if (!next) return !dispatcher_.at_end();
  return next->queue != isa::kNoQueue && has_room(queues_.at(next->queue));
}

bool Sequencer::has_room(const IssueQueue& queue) const {
  return static_cast<std::int64_t>(queue.waiting()) < params_.queue_depth;
}

bool Sequencer::idle() const {
  return drained() && dispatcher_.at_end();
}

void Sequencer::close_accounts(Cycles total) {
  for (IssueQueue& queue : queues_) queue.account().close(total);
}

std::string Sequencer::describe(const Blocker& blocked) const {
  if (blocked.queue) return "an older instruction of " + name_of({core_, *blocked.queue});
  const isa::Wait& wait = *blocked.event;
  const auto& last = shared_.events.last_signaller(core_, wait.event);
  const std::string signaller =
      last ? fmt::format("last signalled by {} at line {}", name_of(last->queue), last->line)
           : "nobody has signalled it";
  return fmt::format("{} >= {}, which is {}; {}", shared_.events.name(wait.event), wait.count,
                     shared_.events.count(core_, wait.event), signaller);
}

std::string Sequencer::describe_state() const {
  std::string text;
  for (std::size_t i = 0; i < queues_.size(); ++i) {
    const Entry* head = queues_[i].head();
    if (!head) continue;
    const auto blocked = blocker(*head);
    text += fmt::format("\n    {} at line {} ({}) waits for {}", queues_[i].name(),
                        head->instruction.line, to_string(head->instruction.opcode()),
                        blocked ? describe(*blocked) : queues_[i].busy_with());
  }
  const isa::Instruction* next = dispatcher_.next();
  if (!next) return text;
  if (next->opcode() == isa::Opcode::bar) {
    return text + fmt::format("\n    dispatch waits at the barrier of line {}", next->line);
  }
  return text + fmt::format("\n    dispatch of line {} waits for room in {} (queue_depth {})",
                            next->line, queues_.at(next->queue).name(), params_.queue_depth);
}

}  // namespace npulse::arch
