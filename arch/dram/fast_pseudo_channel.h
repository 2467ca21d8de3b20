// SPDX-License-Identifier: Apache-2.0
// The fast engine's scheduler of one pseudo-channel: which piece of work is reserved next.
#pragma once

#include <limits>
#include <vector>

#include "arch/dram/channel.h"
#include "arch/dram/inbox.h"
#include "arch/dram/memo.h"
#include "arch/dram/refresh_timer.h"
#include "arch/dram/request_window.h"
#include "arch/dram/reservation.h"
#include "arch/dram/write_drain.h"

namespace npulse::dram {

class FastPseudoChannel {
 public:
  /// Bursts reserved in one decision; other requests go between such granules, not inside them.
  static constexpr std::uint16_t kGranule = 8;

  /// `memo` and `observer` may be null; with an observer every piece is reserved anew.
  FastPseudoChannel(const ResolvedPart& part, const ControllerParams& controller,
                    std::uint8_t number, ChannelCounts& counts, MemoTable* memo,
                    CommandObserver* observer);

  void push(const Request& request);
  bool idle() const { return inbox_.empty() && window_.empty(); }
  std::int64_t backlog() const { return backlog_; }
  /// When the next decision is due; far in the future when nothing waits.
  Cycles next_decision() const;
  Cycles next_refresh() const { return refresh_.due(); }
  Cycles base() const { return state_.base(); }
  /// All that is due before `until`.
  void advance(Cycles until, CompletionSink& sink);
  /// The last tick at which the backlog shrank.
  Cycles admitted_at() const { return admitted_at_; }

 private:
  void decide(Cycles now, CompletionSink& sink);
  void refresh();
  void admit(Cycles now, CompletionSink& sink);
  void unblock();
  struct Candidate {
    std::size_t bank = 0;
    std::int64_t at = std::numeric_limits<std::int64_t>::max();
    bool hit = false;
    std::uint64_t age = ~std::uint64_t{0};
    bool before(const Candidate& other) const {
      if (at != other.at) return at < other.at;
      return hit != other.hit ? hit : age < other.age;
    }
  };
  std::size_t choose(Direction direction) const;
  void serve(Direction direction, std::size_t bank, CompletionSink& sink);
  void count(const Granule& granule, const Placement& placement);

  ChannelCounts& counts_;
  CommandObserver* observer_;
  std::int64_t window_bursts_;
  bool posted_writes_;
  Cycles burst_;
  std::int64_t open_ticks_;  ///< Precharge to activate.
  ReservationTimings::PerDirection activate_ticks_;
  std::int64_t same_group_, other_rank_;
  std::size_t group_shift_, rank_shift_;
  MemoizedReservation state_;
  Inbox inbox_;
  RequestWindow window_;
  WriteDrain drain_;
  RefreshTimer refresh_;
  bool blocked_ = false;
  std::int64_t backlog_ = 0;
  Cycles admitted_at_{0};
  BankMask open_ = 0;
  std::vector<std::int64_t> precharge_ok_;    ///< By bank.
  std::vector<std::int64_t> column_ok_;     ///< By bank group.
  std::int64_t other_rank_ok_ = 0;
  std::size_t last_rank_ = 0;
};

}  // namespace npulse::dram
