// SPDX-License-Identifier: Apache-2.0
// A pseudo-channel of the fast engine: requests on their way to its scheduler, refreshes and counts.
#pragma once

#include <algorithm>

#include "arch/dram/channel.h"
#include "arch/dram/memoized_scheduler.h"
#include "arch/dram/inbox.h"

namespace npulse::dram {

class FastPseudoChannel {
 public:
  /// `observer` may be null; with one every granule is reserved anew.
  FastPseudoChannel(const ResolvedPart& part, const ControllerParams& controller,
                    std::uint8_t number, const Memos& memos, CommandObserver* observer);

  void push(const Request& request);
  bool idle() const { return inbox_.empty() && scheduler_.empty(); }
  std::int64_t backlog() const { return backlog_; }
  /// When the next decision is due; far in the future when nothing waits.
  Cycles next_decision() const { return next_decision_; }
  Cycles base() const { return scheduler_.base(); }
  /// When step() is due: for a decision, or a refresh.
  Cycles next_step() const { return std::min(next_decision(), refresh_due_); }
  void step(CompletionSink& sink);
  /// Counts the time in power states.
  void settle(Cycles until);
  const ChannelCounts& counts() const { return counts_; }
  /// See Channel::in_step_with.
  bool in_step_with(const FastPseudoChannel& other) const;

 private:
  void note_next_decision();
  void refresh();
  void decide(Cycles now, CompletionSink& sink);
  void admit(Cycles now, CompletionSink& sink);
  void entered(const Request& request, Cycles now, CompletionSink& sink);
  void count(const Served& served, std::int64_t base);

  std::int64_t window_bursts_;
  bool posted_writes_;
  std::int64_t burst_data_;
  std::array<Cycles, 2> data_end_;  ///< From a column to the end of its data, by direction.
  bool two_step_activate_;
  MemoizedScheduler scheduler_;
  Inbox inbox_;
  Request finished_;
  Cycles refresh_interval_, refresh_due_;
  std::int64_t backlog_ = 0;  ///< Bursts that the scheduler's queues do not hold yet.
  Cycles next_decision_ = kNever;
  std::int64_t settled_ = 0;                 ///< Until when power states are counted.
  std::int64_t opened_at_ = kNever.count();  ///< The first row, since all were closed.
  ChannelCounts counts_;
};

}  // namespace npulse::dram
