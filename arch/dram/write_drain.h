// SPDX-License-Identifier: Apache-2.0
// Whether reads or writes go: reads first, until enough writes have gathered or nothing else waits.
#pragma once

#include <algorithm>

#include "arch/dram/controller_params.h"
#include "arch/dram/request_window.h"

namespace npulse::dram {

class WriteDrain {
 public:
  explicit WriteDrain(const ControllerParams& params)
      : high_{std::max<std::int64_t>(1, params.queue_bursts * params.write_high_percent / 100)},
        low_{std::min(high_ - 1, params.queue_bursts * params.write_low_percent / 100)} {}

  Direction direction() const { return direction_; }
  void choose(const RequestWindow& window) {
    choose(window.waiting(Direction::read) != 0, window.bursts(Direction::write));
  }
  /// Given whether reads wait, and how many bursts of writes.
  void choose(bool reads, std::int64_t writes) {
    if (direction_ == Direction::read) {
      if (writes >= high_ || (!reads && writes > 0)) direction_ = Direction::write;
    } else if (writes == 0 || (reads && writes <= low_)) {
      direction_ = Direction::read;
    }
  }
  /// Overrides the choice, when some of `direction` must go before anything else can be taken in.
  void force(Direction direction) { direction_ = direction; }

 private:
  std::int64_t high_, low_;  ///< low_ < high_ also in short queues: every turn serves something.
  Direction direction_ = Direction::read;
};

}  // namespace npulse::dram
