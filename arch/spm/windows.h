// SPDX-License-Identifier: Apache-2.0
// Reservations of a shared rate over time, without a step per access or per window.
#pragma once

#include <array>
#include <boost/container/static_vector.hpp>
#include <optional>
#include <vector>

#include "arch/ports/scratchpad_port.h"

namespace npulse::arch {

constexpr std::size_t kRequesters = 4;

/// Time is cut into windows; each has room for window * slots_per_cycle slots. First come, first
/// served: a stream gets what earlier calls left, and what does not fit moves to later windows.
/// Stretches of equal windows are one segment, so a stream of any length costs a few steps.
class Windows {
 public:
  Windows(std::int64_t slots_per_cycle, Cycles window);

  struct Grant {
    Cycles end{};                         ///< start + duration, or later.
    std::optional<Requester> delayed_by;  ///< Who held most of the first window without room.
  };

  /// Takes `slots` spread evenly over [start, start + duration), which must have room for them
  /// when nobody else holds any.
  Grant take(Cycles start, Cycles duration, std::int64_t slots, Requester requester);

  /// Room of that many slots a cycle, of which the same share is held.
  Windows part(std::int64_t slots_per_cycle) const;

  /// Slots held in the windows not yet forgotten.
  std::int64_t held() const;
  std::size_t segments() const { return segments_.size(); }

 private:
  /// Equal windows from `first` up to the next segment; the last one is free and has no end.
  struct Segment {
    std::int64_t first = 0;
    std::array<std::int64_t, kRequesters> held{};
    std::int64_t total() const;
    Requester largest_holder() const;
  };
  /// `windows` of them in a row, each wanting `slots`.
  struct Demand {
    std::int64_t windows = 0, slots = 0;
  };
  using Demands = boost::container::static_vector<Demand, 5>;

  Demands spread(Cycles start, Cycles duration, std::int64_t slots) const;
  std::size_t segment_at(std::int64_t window, std::size_t from) const;
  /// Adds to `count` windows from `first` in segment `index`; returns the index where they begin.
  std::size_t add(std::size_t index, std::int64_t first, std::int64_t count, std::int64_t slots,
                  Requester requester);
  std::size_t split(std::size_t index, std::int64_t window);
  void forget_oldest();

  std::int64_t slots_per_cycle_, window_;
  std::vector<Segment> segments_{Segment{}};
};

}  // namespace npulse::arch
