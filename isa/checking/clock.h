// SPDX-License-Identifier: Apache-2.0
// Vector clocks: what has surely happened before an instruction, by thread. A thread is a queue of
// a core.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <vector>

#include "isa/checking/findings.h"

namespace npulse::isa::checking {

class Clock {
 public:
  explicit Clock(std::size_t threads = 0) : ticks_(threads) {}
  void tick(std::size_t thread) { ++ticks_[thread]; }
  std::uint32_t operator[](std::size_t thread) const { return ticks_[thread]; }
  void join(const Clock& other) {
    for (std::size_t i = 0; i < ticks_.size(); ++i)
      ticks_[i] = std::max(ticks_[i], other.ticks_[i]);
  }

 private:
  std::vector<std::uint32_t> ticks_;
};

/// One executed instruction: its thread's tick when it ran, and what to call it.
struct Epoch {
  std::uint32_t tick = 0, thread = 0;
  std::uint16_t queue = 0;
  Opcode opcode = Opcode::end;
  Place place;
  std::shared_ptr<const Clock> history{};  ///< Hazard mode: of its thread when it ran.

  bool before(const Clock& clock) const { return clock[thread] >= tick; }
  bool operator==(const Epoch& o) const { return tick == o.tick && thread == o.thread; }
};

}  // namespace npulse::isa::checking
