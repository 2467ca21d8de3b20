// SPDX-License-Identifier: Apache-2.0
// The only converter between cycles of a clock and picoseconds.
#pragma once

#include <string>

#include "sim/core/error.h"
#include "sim/core/units.h"

namespace npulse {

/// A named clock. Cycle n begins at round(n / frequency): rounded once, so errors never add up.
class ClockDomain {
 public:
  ClockDomain(std::string name, Hertz frequency) : name_{std::move(name)}, frequency_{frequency} {
    ensure(frequency.count() > 0, "a clock needs a positive frequency");
  }

  const std::string& name() const { return name_; }
  Hertz frequency() const { return frequency_; }

  /// The time at which cycle `n` begins.
  Picoseconds time_of(Cycles n) const {
    const Wide scaled = static_cast<Wide>(n.count()) * kPicosecondsPerSecond;
    return Picoseconds{
        static_cast<std::int64_t>((scaled + frequency_.count() / 2) / frequency_.count())};
  }

  /// The first cycle that begins at or after `t`.
  Cycles first_at_or_after(Picoseconds t) const {
    auto n = static_cast<std::int64_t>(static_cast<Wide>(t.count()) * frequency_.count() /
                                       kPicosecondsPerSecond);
    while (time_of(Cycles{n}) < t) ++n;
    while (n > 0 && time_of(Cycles{n - 1}) >= t) --n;
    return Cycles{n};
  }

 private:
  __extension__ using Wide = __int128;
  static constexpr Wide kPicosecondsPerSecond = 1'000'000'000'000;

  std::string name_;
  Hertz frequency_;
};

}  // namespace npulse
