// SPDX-License-Identifier: Apache-2.0
// The count of one event, and what each count orders.
#pragma once

#include <deque>
#include <optional>

#include "isa/checking/clock.h"

namespace npulse::isa::checking {

class EventHistory {
 public:
  /// Remembers the last `kept` signals. Waits further behind are ordered after more than need be: a
  /// race may then be missed.
  explicit EventHistory(std::size_t kept) : kept_{kept} {}

  std::int64_t count() const { return count_; }
  bool reached(std::int64_t count) const { return count_ >= count; }

  void signal(std::int64_t amount, const Clock& clock);
  /// Joins what is ordered before a wait for `count`, which was reached: all signals, in the order
  /// checked, up to the one that reached it.
  void order(std::int64_t count, Clock& clock) const;
  /// Everything so far is ordered before all that follows.
  void settle() {
    history_.clear();
    settled_ = count_;
  }

 private:
  struct Signalled {
    std::int64_t count;  ///< After the signal.
    Clock clock;         ///< Of this and all earlier signals.
  };
  std::size_t kept_;
  std::int64_t count_ = 0;
  std::int64_t settled_ = 0;  ///< Waits up to here order nothing that is not ordered already.
  std::deque<Signalled> history_;
};

}  // namespace npulse::isa::checking
