// SPDX-License-Identifier: Apache-2.0
// The only converter between cycles of a clock and picoseconds.
#pragma once

#include <limits>
#include <numeric>
#include <string>

#include "sim/core/error.h"
#include "sim/core/units.h"

namespace npulse {

/// A named clock. Cycle n begins at round(n / frequency): rounded once, so errors never add up.
class ClockDomain {
 public:
  ClockDomain(std::string name, Hertz frequency) : name_{std::move(name)}, frequency_{frequency} {
    ensure(frequency.count() > 0, "a clock needs a positive frequency");
    const std::int64_t common = std::gcd(kPicosecondsPerSecond, frequency.count());
    picoseconds_ = kPicosecondsPerSecond / common;
    cycles_ = frequency.count() / common;
    round_up_ = picoseconds_ - 1 - cycles_ / 2;
    few_cycles_ = kFits / picoseconds_;
    short_time_ = kFits / cycles_;
  }

  const std::string& name() const { return name_; }
  Hertz frequency() const { return frequency_; }

  /// The time at which cycle `n` begins.
  Picoseconds time_of(Cycles n) const {
    if (n.count() < few_cycles_) {  // nearly always, and 64 bits divide faster
      return Picoseconds{(n.count() * picoseconds_ + cycles_ / 2) / cycles_};
    }
    const Wide scaled = static_cast<Wide>(n.count()) * picoseconds_;
    return Picoseconds{static_cast<std::int64_t>((scaled + cycles_ / 2) / cycles_)};
  }

  /// The first cycle that begins at or after `t`.
  Cycles first_at_or_after(Picoseconds t) const {
    if (t.count() <= 0) return Cycles{0};
    // n begins by t when n * picoseconds_ + cycles_ / 2 reaches t * cycles_.
    if (t.count() < short_time_) {
      return Cycles{(t.count() * cycles_ + round_up_) / picoseconds_};
    }
    const Wide scaled = static_cast<Wide>(t.count()) * cycles_;
    return Cycles{static_cast<std::int64_t>((scaled + round_up_) / picoseconds_)};
  }

 private:
  __extension__ using Wide = __int128;
  static constexpr std::int64_t kPicosecondsPerSecond = 1'000'000'000'000;
  /// Products below this one leave room for rounding in 64 bits.
  static constexpr std::int64_t kFits = std::numeric_limits<std::int64_t>::max() / 4;

  std::string name_;
  Hertz frequency_;
  std::int64_t picoseconds_ = 1, cycles_ = 1;  ///< So many cycles last so long; no common divisor.
  std::int64_t round_up_;
  std::int64_t few_cycles_, short_time_;       ///< Below these 64 bits are enough.
};

}  // namespace npulse
