// SPDX-License-Identifier: Apache-2.0
// Which cells of a time grid are taken: exactly for the last 64 before the latest one taken.
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>

namespace npulse::dram {

/// Cell i begins at tick i * period + phase. Cells from end() on are free; those more than 64
/// before it count as taken, whether they are or not.
class SlotRing {
 public:
  static constexpr std::int64_t kDepth = 64;

  std::int64_t end() const { return end_; }
  /// Bit j: cell end() - 1 - j is taken.
  std::uint64_t taken() const { return taken_; }

  /// The first free cell from `from` on, whose `second` next is free too.
  std::int64_t first_free(std::int64_t from, int second = 0) const {
    if (from >= end_) return from;
    const std::int64_t behind = end_ - 1 - from;
    const std::uint64_t reach =
        behind >= kDepth - 1 ? ~std::uint64_t{0} : (std::uint64_t{2} << behind) - 1;
    std::uint64_t free = ~taken_;
    free &= free << second | ((std::uint64_t{1} << second) - 1);
    free &= reach;
    return free ? end_ - std::bit_width(free) : end_;
  }
  bool is_free(std::int64_t cell) const {
    if (cell >= end_) return true;
    const std::int64_t behind = end_ - 1 - cell;
    return behind < kDepth && !(taken_ >> behind & 1);
  }
  void take(std::int64_t cell) {
    if (cell < end_) {
      taken_ |= std::uint64_t{1} << (end_ - 1 - cell);
      return;
    }
    const std::int64_t shift = cell - end_ + 1;
    taken_ = (shift >= kDepth ? 0 : taken_ << shift) | 1;
    end_ = cell + 1;
  }
  /// Takes cells from, from + stride, ... if all `count` of them are free.
  bool take_run(std::int64_t from, int count, int stride) {
    const std::int64_t last = from + std::int64_t{count - 1} * stride;
    const std::int64_t grown = std::max(end_, last + 1);
    if (grown - from > kDepth) return false;
    std::uint64_t run = 0;
    for (int i = 0; i < count; ++i) run = run << stride | 1;
    run <<= grown - 1 - last;
    const std::int64_t shift = grown - end_;
    const std::uint64_t moved = shift >= kDepth ? 0 : taken_ << shift;
    if (moved & run) return false;
    taken_ = moved | run;
    end_ = grown;
    return true;
  }
  /// The last cell before `cell` that is taken; far in the past when none of those known is.
  std::int64_t taken_before(std::int64_t cell) const {
    const std::int64_t behind = end_ - cell;  // of the first candidate
    if (behind < 0 || behind >= kDepth) return behind < 0 ? latest() : end_ - 2 * kDepth;
    const std::uint64_t older = taken_ >> behind;
    return older ? cell - 1 - std::countr_zero(older) : end_ - 2 * kDepth;
  }
  /// Forgets what lies before `cell`.
  void forget_before(std::int64_t cell) {
    if (cell >= end_) {
      taken_ = 0;
      end_ = cell;
    } else if (end_ - cell < kDepth) {
      taken_ &= (std::uint64_t{1} << (end_ - cell)) - 1;
    }
  }
  /// As made from end() and taken().
  static SlotRing of(std::int64_t end, std::uint64_t taken) {
    SlotRing ring;
    ring.end_ = end;
    ring.taken_ = taken;
    return ring;
  }

 private:
  std::int64_t latest() const {
    return taken_ ? end_ - 1 - std::countr_zero(taken_) : end_ - 2 * kDepth;
  }

  std::int64_t end_ = 0;
  std::uint64_t taken_ = 0;
};

}  // namespace npulse::dram
