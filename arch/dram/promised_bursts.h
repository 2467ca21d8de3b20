// SPDX-License-Identifier: Apache-2.0
// Bursts that are reserved, and whose columns are still to come.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <vector>

#include "arch/dram/request_window.h"

namespace npulse::dram {

class PromisedBursts {
 public:
  /// The last of `bursts` goes at tick `last`.
  void add(Direction direction, std::int64_t bursts, std::int64_t last) {
    std::size_t place = granules_.size();
    granules_.emplace_back();
    for (; place != first_ && granules_[place - 1].last > last; --place) {
      granules_[place] = granules_[place - 1];
    }
    granules_[place] = {last, bursts, direction};
    bursts_[at(direction)] += bursts;
  }
  /// Their columns have gone by tick `now`.
  void forget_until(std::int64_t now) {
    for (; first_ != granules_.size() && granules_[first_].last <= now; ++first_) {
      bursts_[at(granules_[first_].direction)] -= granules_[first_].bursts;
    }
    if (first_ < kSlack) return;
    granules_.erase(granules_.begin(), begin());
    first_ = 0;
  }
  std::int64_t bursts(Direction direction) const { return bursts_[at(direction)]; }
  /// The same are to come after `now`.
  bool same_after(std::int64_t now, PromisedBursts other) const {
    PromisedBursts mine = *this;
    mine.forget_until(now);
    other.forget_until(now);
    return std::equal(mine.begin(), mine.granules_.cend(), other.begin(), other.granules_.cend());
  }

 private:
  struct Granule {
    std::int64_t last = 0, bursts = 0;
    Direction direction{};
    bool operator==(const Granule&) const = default;
  };
  static constexpr std::size_t kSlack = 64;
  static constexpr std::size_t at(Direction d) { return static_cast<std::size_t>(d); }
  std::vector<Granule>::const_iterator begin() const {
    return granules_.begin() + static_cast<std::ptrdiff_t>(first_);
  }

  std::vector<Granule> granules_;  ///< From first_ on, in order of time.
  std::size_t first_ = 0;
  std::array<std::int64_t, 2> bursts_{};
};

}  // namespace npulse::dram
