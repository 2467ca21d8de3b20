// SPDX-License-Identifier: Apache-2.0
#include "arch/dram/fast_pseudo_channel.h"

#include <algorithm>

#include "sim/core/error.h"

namespace npulse::dram {

FastPseudoChannel::FastPseudoChannel(const ResolvedPart& part, const ControllerParams& controller,
                                     std::uint8_t number, const Memos& memos,
                                     CommandObserver* observer)
    : window_bursts_{controller.queue_bursts},
      posted_writes_{controller.write_response == WriteResponse::queued},
      burst_data_{part.burst_data.count()},
      scheduler_{part, controller, number, memos, observer},
      refresh_interval_{part.t_refi},
      refresh_due_{controller.refresh == RefreshMode::none ? kNever : part.t_refi} {
  const ReservationTimings timings{part};
  two_step_activate_ = timings.two_step_activate;
  for (std::size_t d = 0; d < 2; ++d) data_end_[d] = Cycles{timings.latency[d]} + part.burst;
}

void FastPseudoChannel::push(const Request& request) {
  ensure(request.bursts <= window_bursts_, "a request is longer than the scheduler's queue");
  inbox_.push(request);
  backlog_ += request.bursts;
  note_next_decision();
}

bool FastPseudoChannel::in_step_with(const FastPseudoChannel& other) const {
  return base() == other.base() && refresh_due_ == other.refresh_due_ &&
         settled_ == other.settled_ &&
         std::max(opened_at_, settled_) == std::max(other.opened_at_, settled_) &&
         backlog_ == other.backlog_ && inbox_ == other.inbox_ &&
         scheduler_.in_step_with(other.scheduler_);
}

void FastPseudoChannel::note_next_decision() {
  if (!scheduler_.empty()) {
    next_decision_ = base();
  } else {
    next_decision_ = inbox_.empty() ? kNever : std::max(base(), inbox_.front().arrival);
  }
}

void FastPseudoChannel::step(CompletionSink& sink) {
  if (refresh_due_ <= next_decision_) {
    refresh();
  } else {
    decide(next_decision_, sink);
  }
  note_next_decision();
}

void FastPseudoChannel::refresh() {
  settle(refresh_due_);
  opened_at_ = kNever.count();
  counts_.commands[index(Command::preab)] += scheduler_.refresh(refresh_due_);
  ++counts_.commands[index(Command::refab)];
  refresh_due_ += refresh_interval_;
}

void FastPseudoChannel::settle(Cycles until) {
  const std::int64_t now = std::max(until.count(), settled_);
  const std::int64_t opened = std::clamp(opened_at_, settled_, now);
  counts_.state_ticks[index(PowerState::precharge_standby)] += opened - settled_;
  counts_.state_ticks[index(PowerState::active_standby)] += now - opened;
  settled_ = now;
}

void FastPseudoChannel::decide(Cycles now, CompletionSink& sink) {
  scheduler_.begin(now);
  admit(now, sink);
  const Cycles base = scheduler_.base();
  const Served served = scheduler_.serve(inbox_.empty() ? nullptr : &inbox_.front(), finished_);
  count(served, base.count());
  if (!served.finished || (served.write && posted_writes_)) return;
  sink.completed(finished_, base + Cycles{served.last_column} + data_end_[served.write]);
}

void FastPseudoChannel::admit(Cycles now, CompletionSink& sink) {
  for (const Request& request : scheduler_.release_held()) entered(request, now, sink);
  for (; !inbox_.empty() && inbox_.front().arrival <= now; inbox_.pop()) {
    const Request& request = inbox_.front();
    const Admission admission = scheduler_.offer(request);
    if (admission == Admission::refused) return;
    if (admission == Admission::entered) entered(request, now, sink);
  }
}

void FastPseudoChannel::entered(const Request& request, Cycles now, CompletionSink& sink) {
  backlog_ -= request.bursts;
  if (request.write && posted_writes_) sink.completed(request, now);
}

void FastPseudoChannel::count(const Served& served, std::int64_t base) {
  counts_.commands[index(served.write ? Command::wr : Command::rd)] += served.bursts;
  counts_.commands[index(Command::cas)] += served.syncs;
  counts_.data_ticks += served.bursts * burst_data_;
  if (served.activates == 0) return;
  opened_at_ = std::min(opened_at_, base + served.first_activate);
  counts_.commands[index(Command::act)] += served.activates;
  counts_.commands[index(Command::act1)] += two_step_activate_ ? served.activates : 0;
  counts_.commands[index(Command::pre)] += served.conflicts;
  counts_.row_conflicts += served.conflicts;
  counts_.row_misses += served.activates - served.conflicts;
}

}  // namespace npulse::dram
