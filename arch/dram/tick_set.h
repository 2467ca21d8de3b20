// SPDX-License-Identifier: Apache-2.0
// The ticks of a command bus that one of its users has.
#pragma once

#include <bit>
#include <cstdint>

namespace npulse::dram {

constexpr std::int64_t floor_div(std::int64_t a, std::int64_t b) {
  return a / b - (a % b < 0);
}

/// The same ticks in every period; cell i is the i-th of them, the first one from `phase` on is
/// cell 0.
class TickSet {
 public:
  /// One tick a period.
  TickSet() = default;
  TickSet(std::int64_t period, std::int64_t phase) : period_{period}, phase_{phase} {}
  /// Bit i: tick `phase` + i.
  TickSet(std::int64_t period, std::int64_t phase, std::uint64_t own)
      : period_{period}, phase_{phase}, own_{own}, cells_{std::popcount(own)} {}

  std::int64_t period() const { return period_; }
  std::int64_t phase() const { return phase_; }
  std::int64_t cells_in_period() const { return cells_; }
  std::int64_t cell_at_or_after(std::int64_t tick) const {
    const std::int64_t offset = tick - phase_, turn = floor_div(offset, period_);
    return turn * cells_ + cells_before(offset - turn * period_);
  }
  std::int64_t tick_of(std::int64_t cell) const {
    const std::int64_t turn = floor_div(cell, cells_);
    std::uint64_t own = own_;
    for (std::int64_t i = cell - turn * cells_; i > 0; --i) own &= own - 1;
    return turn * period_ + phase_ + std::countr_zero(own);
  }
  /// Whether `more` cells follow the cell without a gap.
  bool in_one_piece(std::int64_t cell, std::int64_t more) const {
    return more == 0 || tick_of(cell + more) == tick_of(cell) + more;
  }

 private:
  std::int64_t cells_before(std::int64_t offset) const {
    if (own_ == 1) return offset > 0;  // whose period may be longer than a word
    return std::popcount(own_ & ((std::uint64_t{1} << offset) - 1));
  }

  std::int64_t period_ = 1, phase_ = 0;
  std::uint64_t own_ = 1;
  std::int64_t cells_ = 1;
};

}  // namespace npulse::dram
