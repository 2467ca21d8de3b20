// SPDX-License-Identifier: Apache-2.0
// The fast engine's scheduler of one pseudo-channel: which granules are reserved next.
#pragma once

#include <algorithm>
#include <boost/container/static_vector.hpp>
#include <vector>

#include "arch/dram/channel.h"
#include "arch/dram/chunk_window.h"
#include "arch/dram/fast_banks.h"
#include "arch/dram/inbox.h"
#include "arch/dram/memo.h"
#include "arch/dram/promised_bursts.h"
#include "arch/dram/write_drain.h"

namespace npulse::dram {

class FastPseudoChannel {
 public:
  /// So many requests of a direction are looked at, the oldest ones.
  static constexpr std::size_t kLookedAt = 32;
  /// So many requests wait beside the queue for others to the same bursts.
  static constexpr std::size_t kHeld = 64;

  /// `memo` and `observer` may be null; with an observer every granule is reserved anew.
  FastPseudoChannel(const ResolvedPart& part, const ControllerParams& controller,
                    std::uint8_t number, MemoTable* memo, CommandObserver* observer);

  void push(const Request& request);
  bool idle() const { return inbox_.empty() && window_.empty() && held_.empty(); }
  std::int64_t backlog() const { return backlog_; }
  /// When the next decision is due; far in the future when nothing waits.
  Cycles next_decision() const { return next_decision_; }
  Cycles base() const { return state_.base(); }
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
  void decide(Cycles now, CompletionSink& sink);
  void refresh();
  void admit(Cycles now, CompletionSink& sink);
  void admit_held(Cycles now, CompletionSink& sink);
  /// Whether it waits for others to the same bursts, which it may not pass.
  bool must_wait(const Request& request, std::size_t held_before) const;
  bool is_full(const Request& request) const;
  void enter(const Request& request, Cycles now, CompletionSink& sink);
  void unblock();
  std::size_t choose(Direction direction) const;
  void serve(Direction direction, std::size_t place, CompletionSink& sink);
  /// Moves the next granules of a request into the batch; how many bursts.
  std::int64_t fill_batch(Waiting& waiting, std::int64_t base);
  void count_opened(const Granule& granule, std::int64_t activate);

  bool same_requests(const FastPseudoChannel& other) const;

  ChannelCounts counts_;
  CommandObserver* observer_;
  std::int64_t window_bursts_;
  std::array<std::uint16_t, 2> granule_;  ///< Bursts of a granule, by direction.
  std::size_t looked_at_;
  std::int64_t pass_limit_;
  bool posted_writes_;
  Cycles burst_, burst_data_;
  MemoizedReservation state_;
  ReservationTimings timings_;
  Inbox inbox_;
  ChunkWindow window_;
  PromisedBursts promised_;
  WriteDrain drain_;
  Cycles refresh_interval_, refresh_due_;
  std::vector<Request> held_;  ///< Arrived, waiting for others to the same bursts; oldest first.
  std::int64_t backlog_ = 0;
  std::array<std::int64_t, 2> passed_{};  ///< Bursts that passed the oldest, by direction.
  Cycles next_decision_ = kNever;
  FastBanks banks_;
  std::int64_t settled_ = 0;                 ///< Until when power states are counted.
  std::int64_t opened_at_ = kNever.count();  ///< The first row, since all were closed.
  boost::container::static_vector<Granule, kBatch> batch_;
  std::vector<Place> places_;  ///< With an observer.
};

}  // namespace npulse::dram
