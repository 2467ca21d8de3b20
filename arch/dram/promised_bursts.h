// SPDX-License-Identifier: Apache-2.0
// Bursts that are reserved, and whose columns are still to come.
#pragma once

#include <array>
#include <cstdint>

#include "arch/dram/request_window.h"
#include "arch/dram/state_code.h"
#include "arch/dram/time_queue.h"

namespace npulse::dram {

class PromisedBursts {
 public:
  /// The last of `bursts` goes at tick `last`.
  void add(Direction direction, std::int64_t bursts, std::int64_t last) {
    granules_.push({last, bursts, direction});
    bursts_[at(direction)] += bursts;
  }
  /// Their columns have gone by tick `now`.
  void forget_until(std::int64_t now) {
    for (; !granules_.empty() && granules_.front().last <= now; granules_.pop()) {
      bursts_[at(granules_.front().direction)] -= granules_.front().bursts;
    }
  }
  std::int64_t bursts(Direction direction) const { return bursts_[at(direction)]; }
  /// The same are to come after `now`.
  bool same_after(std::int64_t now, PromisedBursts other) const {
    PromisedBursts mine = *this;
    mine.forget_until(now);
    other.forget_until(now);
    return mine.granules_ == other.granules_;
  }
  /// Those whose columns are to come.
  void encode(StateWriter& code) const {
    code.number(static_cast<std::int64_t>(granules_.size()));
    for (std::size_t i = 0; i < granules_.size(); ++i) {
      code.tick(granules_[i].last);
      code.number(granules_[i].bursts);
      code.number(static_cast<std::int64_t>(granules_[i].direction));
    }
  }
  void decode(StateReader& code) {
    granules_.clear();
    bursts_ = {};
    std::size_t count = 0;
    for (code.number(count); count > 0; --count) {
      Granule granule;
      code.tick(granule.last);
      code.number(granule.bursts);
      code.number(granule.direction);
      add(granule.direction, granule.bursts, granule.last);
    }
  }

 private:
  struct Granule {
    std::int64_t last = 0, bursts = 0;
    Direction direction{};
    bool operator==(const Granule&) const = default;
  };
  static constexpr std::size_t at(Direction d) { return static_cast<std::size_t>(d); }

  TimeQueue<Granule, &Granule::last> granules_;
  std::array<std::int64_t, 2> bursts_{};
};

}  // namespace npulse::dram
