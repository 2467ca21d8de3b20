// SPDX-License-Identifier: Apache-2.0
// The requests that the fast engine's scheduler sees, oldest first.
#pragma once

#include <array>
#include <cstdint>

#include "arch/dram/age_list.h"
#include "arch/dram/request.h"
#include "arch/dram/request_window.h"
#include "arch/dram/state_code.h"

namespace npulse::dram {

/// Some of their bursts are the same.
bool share_bursts(const Request& a, const Request& b);

/// What is left of a request.
struct Rest {
  RowRun run;              ///< What is left of the current one.
  std::uint16_t next = 0;  ///< Its number.

  /// Another piece of the current run is served.
  void serve(const Request& request, std::uint16_t bursts) {
    run.column = static_cast<std::uint16_t>(run.column + bursts);
    run.bursts = static_cast<std::uint16_t>(run.bursts - bursts);
    if (run.bursts == 0 && ++next < request.runs()) request.get_run(next, run);
  }
  bool done(const Request& request) const { return next == request.runs(); }
  bool operator==(const Rest&) const = default;
};

/// A request and how much of it is still to be served.
struct Waiting {
  explicit Waiting(const Request& r) : request{r}, rest{r.run(0)} {}
  std::int64_t bursts_left() const {
    std::int64_t bursts = rest.run.bursts;
    for (std::size_t i = rest.next + 1u; i < request.runs(); ++i) bursts += request.run(i).bursts;
    return bursts;
  }
  bool operator==(const Waiting&) const = default;

  Request request;
  Rest rest;
};

using WaitingList = AgeList<Waiting>;

/// Counts rows by a hash: whether requests may share one, without looking at each.
class RowFilter {
 public:
  void count(const Request& request, int change) {
    for (std::size_t i = 0; i < request.runs(); ++i) {
      auto& n = counts_[slot(request.run(i))];
      n = static_cast<std::uint16_t>(n + change);
    }
  }
  bool may_share(const Request& request) const {
    for (std::size_t i = 0; i < request.runs(); ++i) {
      if (counts_[slot(request.run(i))] != 0) return true;
    }
    return false;
  }

 private:
  static std::size_t slot(const RowRun& run) {
    return ((run.row ^ std::uint32_t{run.bank} << 24) * 0x9E3779B9u) >> 22;
  }
  std::array<std::uint16_t, 1024> counts_{};
};

class ChunkWindow {
 public:
  const WaitingList& waiting(Direction d) const { return lists_[at(d)]; }
  WaitingList& waiting(Direction d) { return lists_[at(d)]; }
  std::int64_t bursts(Direction d) const { return bursts_[at(d)]; }
  bool empty() const { return lists_[0].empty() && lists_[1].empty(); }

  void insert(const Request& request) {
    const Direction d = direction_of(request);
    lists_[at(d)].push(request);
    bursts_[at(d)] += request.bursts;
    if (d == Direction::write) written_rows_.count(request, 1);
  }
  void remove(Direction d, std::size_t place) {
    if (d == Direction::write) written_rows_.count(waiting(d)[place].request, -1);
    lists_[at(d)].remove(place);
  }
  /// The same wait, in the same order and as far done.
  bool same_requests(const ChunkWindow& other) const { return lists_ == other.lists_; }
  void served(Direction d, std::int64_t bursts) { bursts_[at(d)] -= bursts; }
  /// A request of the other direction touches the same bursts, so that `request` may not pass it.
  bool conflicts(const Request& request) const {
    const Direction others = opposite(direction_of(request));
    if (waiting(others).empty()) return false;
    return (others == Direction::read || written_rows_.may_share(request)) && overlaps(request);
  }
  /// Requests of one direction, each of one row: what is left of them. Which they are, beside that,
  /// decode() must be told.
  void encode(StateWriter& code, Direction d) const;
  void decode(StateReader& code, const AgeList<Request>& requests);

 private:
  bool overlaps(const Request& request) const;
  static void decode_rest(StateReader& code, const Request& request, Rest& rest);
  static constexpr std::size_t at(Direction d) { return static_cast<std::size_t>(d); }
  std::array<WaitingList, 2> lists_;
  std::array<std::int64_t, 2> bursts_{};
  RowFilter written_rows_;  ///< Writes linger while reads go.
};

}  // namespace npulse::dram
