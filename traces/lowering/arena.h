// SPDX-License-Identifier: Apache-2.0
// Hands out the scratchpad of one phase, from the start of what phases share.
#pragma once

#include <string>
#include <utility>

#include "sim/core/units.h"
#include "traces/lowering/events.h"

namespace npulse::lowering {

constexpr std::int64_t kSpmAlignment = 64;  // assumed: no scratchpad access is wider than 64 B

class Arena {
 public:
  Arena(EventTable& events, std::string phase, Address base)
      : events_{events}, phase_{std::move(phase)}, next_{base} {}

  Address take(Bytes bytes) {
    const Address at = next_;
    next_ += static_cast<Address>(round_up(bytes.count(), kSpmAlignment));
    return at;
  }
  Ring ring(const char* name, Bytes slot, std::int64_t slots) {
    const Bytes aligned{round_up(slot.count(), kSpmAlignment)};
    return {events_, phase_ + "." + name, take(aligned * slots), aligned, slots};
  }
  Address end() const { return next_; }

 private:
  EventTable& events_;
  std::string phase_;
  Address next_;
};

}  // namespace npulse::lowering
