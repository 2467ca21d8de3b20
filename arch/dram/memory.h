// SPDX-License-Identifier: Apache-2.0
// All channels of a chip's memory: spreads transactions over them and tells when each is done.
#pragma once

#include <limits>
#include <optional>
#include <queue>
#include <span>
#include <vector>

#include "arch/dram/address_map.h"
#include "arch/dram/lockstep_channels.h"
#include "arch/dram/memoized_scheduler.h"
#include "arch/dram/memory_params.h"
#include "arch/dram/splitter.h"

namespace npulse::dram {

/// Later than everything.
constexpr Picoseconds kEndOfTime{std::numeric_limits<std::int64_t>::max()};

/// Names a transaction from offer() until its completion is taken; then the number is used again.
using TransactionId = std::uint32_t;

/// A request reaches its channel a front-end latency F after it arrives, so at time T everything
/// before T + F is settled: one call of advance() for each F of time is enough, and more calls
/// change nothing. Times handed in must never go back.
class Memory : private LockstepChannels::Sink {
 public:
  /// `observers` are none, or one a channel; they must outlive the memory. Throws InputError when
  /// part, mapping and controller do not fit each other.
  Memory(const PartParams& part, const MemoryParams& params,
         std::span<CommandObserver* const> observers = {});
  Memory(const Memory&) = delete;
  Memory& operator=(const Memory&) = delete;

  /// Takes a transaction in that arrives at `arrival` >= `now`, unless a channel that it touches
  /// refuses. Throws InputError when it leaves the memory.
  std::optional<TransactionId> offer(Picoseconds now, const Transaction& transaction,
                                     Picoseconds arrival);
  /// Since when all channels that it touches would take it; nothing while one refuses.
  std::optional<Picoseconds> room_since(const Transaction& transaction);

  /// Simulates the channels as far as they are settled at `now`.
  void advance(Picoseconds now);
  /// The next transaction that is done by `now`, in order of completion, then of arrival.
  std::optional<TransactionId> take_completed(Picoseconds now);
  /// When advance() and take_completed() must be called next; kEndOfTime when there is no need.
  Picoseconds next_advance() const {
    const Cycles event = channels_.next_event();
    if (event == kNever) return kEndOfTime;
    // Without a front end a tick is settled only when its instant has passed.
    return part_.clock.time_of(event) + Picoseconds{front_end_ == Picoseconds{0}};
  }
  Picoseconds next_completion() const { return done_.empty() ? kEndOfTime : done_.top().at; }
  /// Accounts for the refreshes of idle channels up to `now`, at the end of a run.
  void settle(Picoseconds now);

  bool idle() const { return channels_.next_event() == kNever && done_.empty(); }
  std::size_t in_flight() const { return flights_.size() - free_flights_.size(); }
  const ResolvedPart& part() const { return part_; }
  Bytes capacity() const { return map_.capacity(); }
  std::size_t channels() const { return channels_.size(); }
  /// How many of them are simulated one by one now (LockstepChannels).
  std::size_t simulations() const { return channels_.simulations(); }
  std::int64_t peak_bytes_per_s() const;
  ChannelCounts counts(std::size_t channel) const { return channels_.counts(channel); }
  ChannelCounts total_counts() const;
  TrafficCounts traffic(std::size_t channel) const { return traffic_[channel] + everywhere_; }
  TrafficCounts total_traffic() const;

 private:
  struct Flight {
    std::size_t pieces = 0;  ///< Still to be completed.
    Cycles latest{0};
    std::uint64_t order = 0;
  };
  struct Done {
    Picoseconds at;
    std::uint64_t order;
    TransactionId id;
    bool operator<(const Done& other) const {  // the earliest is on top of the heap
      return at != other.at ? at > other.at : order > other.order;
    }
  };

  void completed(const Request& request, Cycles at, std::size_t channels) override;
  /// The first tick that is not settled at `now`; a request that arrives then is seen at that tick.
  Cycles settled_until(Picoseconds now) const;
  /// Ticks up to this one are over at `now`.
  Cycles over_at(Picoseconds now) const;
  std::unique_ptr<Channel> make_channel(MemoryEngine engine, CommandObserver* observer);
  TransactionId start_flight(std::size_t pieces);
  void count_traffic(const Split& split);

  ResolvedPart part_;
  ControllerParams controller_;
  Picoseconds front_end_, back_end_;
  AddressMap map_;
  Splitter splitter_;
  MemoTable batches_;  ///< Of the fast engine, and so
  DecisionTable decisions_;
  LockstepChannels channels_;
  std::vector<TrafficCounts> traffic_;  ///< By channel, without what went everywhere.
  TrafficCounts everywhere_;            ///< In each channel.
  std::vector<Flight> flights_;
  std::vector<TransactionId> free_flights_;
  std::priority_queue<Done> done_;
  std::uint64_t next_order_ = 0;
};

}  // namespace npulse::dram
