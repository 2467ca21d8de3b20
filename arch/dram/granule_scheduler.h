// SPDX-License-Identifier: Apache-2.0
// Which granules the fast engine reserves next, of the requests that a pseudo-channel's queue holds.
#pragma once

#include <boost/container/static_vector.hpp>
#include <optional>
#include <span>
#include <vector>

#include "arch/dram/chunk_window.h"
#include "arch/dram/controller_params.h"
#include "arch/dram/fast_banks.h"
#include "arch/dram/memo.h"
#include "arch/dram/promised_bursts.h"
#include "arch/dram/write_drain.h"

namespace npulse::dram {

/// What serving a batch did. Ticks count from the base that it was decided at. Whole words, because
/// a copy in overlapping pieces stalls the processor.
struct alignas(8) Served {
  std::uint16_t bursts = 0;
  std::uint16_t syncs = 0;           ///< CAS commands.
  std::uint16_t first_activate = 0;  ///< Of the rows opened, if any.
  std::uint16_t last_column = 0;
  std::uint8_t activates = 0, conflicts = 0;
  std::uint8_t place = 0;  ///< Of the request, among those of its direction.
  bool write = false;
  bool finished = false;  ///< Nothing is left of the request.
};

/// Whether a request was taken in. One that waits for others to the same bursts is held.
enum class Admission : std::uint8_t { refused, entered, held };

class GranuleScheduler {
 public:
  /// So many requests of a direction are looked at, the oldest ones.
  static constexpr std::size_t kLookedAt = 32;
  /// So many requests wait beside the queue for others to the same bursts.
  static constexpr std::size_t kHeld = 64;

  /// `memo` and `observer` may be null; with an observer every granule is reserved anew.
  GranuleScheduler(const ResolvedPart& part, const ControllerParams& controller,
                   std::uint8_t number, MemoTable* memo, CommandObserver* observer);

  Cycles base() const { return state_.base(); }
  bool empty() const { return window_.empty() && held_.empty(); }

  /// Nothing is decided before `now`.
  void begin(Cycles now);
  /// Those held that enter now, which is before all that is offered; valid until the next call.
  std::span<const Request> release_held();
  Admission offer(const Request& request);
  /// Serves a batch; there must be a request. `next` is the first that has not been taken in, or
  /// null. `finished` becomes the request of which nothing is left, if so.
  Served serve(const Request* next, Request& finished);
  /// Closes and refreshes all banks at `due` or later; whether any was open.
  bool refresh(Cycles due);
  /// What encode() needs at least; held requests wait for others.
  bool one_direction() const {
    return held_.empty() && (window_.waiting(Direction::read).empty() ||
                             window_.waiting(Direction::write).empty());
  }
  /// Writes all that matters from the base on, but `requests`: those that wait. False when it does
  /// not go: requests of both directions, or of several rows each, or too many rows.
  bool encode(StateCode& code, RowNames& rows, AgeList<Request>& requests);
  /// Takes that over, at base cell `base`.
  void decode(const StateCode& code, std::int64_t base, const RowNames& rows,
              const AgeList<Request>& requests);
  std::int64_t base_cell() const { return state_.base_cell(); }
  /// Bursts of a request that would be taken in, while requests of one direction wait.
  std::int64_t room() const;
  bool any_open() const { return banks_.any_open(); }
  /// See Channel::in_step_with.
  bool in_step_with(const GranuleScheduler& other) const;

 private:
  std::int64_t room(Direction direction) const;
  Direction only_direction() const;
  /// Whether it waits for others to the same bursts, which it may not pass.
  bool must_wait(const Request& request, std::size_t held_before) const;
  bool is_full(const Request& request) const {
    return request.bursts > room(direction_of(request));
  }
  void unblock(const Request* next);
  std::size_t choose(Direction direction) const;
  Served reserve_batch(Direction direction, Waiting& waiting);
  /// Moves the next granules of a request into the batch; how many bursts.
  std::int64_t fill_batch(Waiting& waiting, std::int64_t base);

  CommandObserver* observer_;
  std::int64_t window_bursts_;
  std::array<std::uint16_t, 2> granule_;  ///< Bursts of a granule, by direction.
  std::size_t looked_at_;
  std::optional<std::int64_t> pass_limit_;
  MemoizedReservation state_;
  ChunkWindow window_;
  PromisedBursts promised_;
  WriteDrain drain_;
  std::vector<Request> held_;  ///< Waiting for others to the same bursts; oldest first.
  std::vector<Request> released_;
  std::array<std::int64_t, 2> passed_{};  ///< Bursts that passed the oldest, when limited, by direction.
  FastBanks banks_;
  boost::container::static_vector<Granule, kBatch> batch_;
  std::vector<Place> places_;  ///< With an observer.
};

}  // namespace npulse::dram
