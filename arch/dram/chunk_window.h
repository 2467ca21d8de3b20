// SPDX-License-Identifier: Apache-2.0
// The requests that the fast engine's scheduler sees, oldest first.
#pragma once

#include <vector>

#include "arch/dram/request.h"
#include "arch/dram/request_window.h"

namespace npulse::dram {

/// A request and how much of it is still to be served.
struct Waiting {
  explicit Waiting(const Request& r) : request{r}, run{r.run(0)} {}

  /// Another piece of its current run is served.
  void serve(std::uint16_t bursts) {
    run.column = static_cast<std::uint16_t>(run.column + bursts);
    run.bursts = static_cast<std::uint16_t>(run.bursts - bursts);
    if (run.bursts == 0 && ++next < request.runs()) run = request.run(next);
  }
  bool done() const { return next == request.runs(); }

  Request request;
  Run run;                 ///< What is left of the current one.
  std::uint16_t next = 0;  ///< Its number.
};

/// Those of one direction, oldest first. Most leave near the front.
class WaitingList {
 public:
  bool empty() const { return first_ == list_.size(); }
  std::size_t size() const { return list_.size() - first_; }
  const Waiting& operator[](std::size_t i) const { return list_[first_ + i]; }
  Waiting& operator[](std::size_t i) { return list_[first_ + i]; }
  void push(const Request& request) { list_.emplace_back(request); }
  void remove(std::size_t i) {
    for (; i > 0; --i) (*this)[i] = (*this)[i - 1];
    if (++first_ < kSlack) return;
    list_.erase(list_.begin(), list_.begin() + static_cast<std::ptrdiff_t>(first_));
    first_ = 0;
  }

 private:
  static constexpr std::size_t kSlack = 64;
  std::vector<Waiting> list_;
  std::size_t first_ = 0;
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
  }
  void served(Direction d, std::int64_t bursts) { bursts_[at(d)] -= bursts; }
  /// A request of the other direction touches the same bursts, so that `request` may not pass it.
  bool conflicts(const Request& request) const {
    return !waiting(opposite(direction_of(request))).empty() && overlaps(request);
  }

 private:
  bool overlaps(const Request& request) const;
  static constexpr std::size_t at(Direction d) { return static_cast<std::size_t>(d); }
  std::array<WaitingList, 2> lists_;
  std::array<std::int64_t, 2> bursts_{};
};

}  // namespace npulse::dram
