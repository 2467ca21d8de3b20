// SPDX-License-Identifier: Apache-2.0
// The requests that the fast engine's scheduler sees, oldest first.
#pragma once

#include <algorithm>
#include <span>
#include <vector>

#include "arch/dram/request.h"
#include "arch/dram/request_window.h"

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
  bool operator==(const Waiting&) const = default;

  Request request;
  Rest rest;
};

/// Those of one direction, oldest first. Most leave near the front.
class WaitingList {
 public:
  bool empty() const { return first_ == list_.size(); }
  std::size_t size() const { return list_.size() - first_; }
  const Waiting& operator[](std::size_t i) const { return list_[first_ + i]; }
  /// The oldest ones, up to `count`.
  std::span<const Waiting> oldest(std::size_t count) const {
    return {list_.data() + first_, std::min(size(), count)};
  }
  Waiting& operator[](std::size_t i) { return list_[first_ + i]; }
  void push(const Request& request) { list_.emplace_back(request); }
  bool operator==(const WaitingList& other) const {
    return std::equal(begin(), list_.end(), other.begin(), other.list_.end());
  }
  void remove(std::size_t i) {
    for (; i > 0; --i) (*this)[i] = (*this)[i - 1];
    if (++first_ < kSlack) return;
    list_.erase(list_.begin(), list_.begin() + static_cast<std::ptrdiff_t>(first_));
    first_ = 0;
  }

 private:
  std::vector<Waiting>::const_iterator begin() const {
    return list_.begin() + static_cast<std::ptrdiff_t>(first_);
  }
  static constexpr std::size_t kSlack = 64;
  std::vector<Waiting> list_;
  std::size_t first_ = 0;
};

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

 private:
  bool overlaps(const Request& request) const;
  static constexpr std::size_t at(Direction d) { return static_cast<std::size_t>(d); }
  std::array<WaitingList, 2> lists_;
  std::array<std::int64_t, 2> bursts_{};
  RowFilter written_rows_;  ///< Writes linger while reads go.
};

}  // namespace npulse::dram
