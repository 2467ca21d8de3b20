// SPDX-License-Identifier: Apache-2.0
#include "arch/dram/replay/time_use.h"

namespace npulse::dram {

std::span<const EnumName<TimeUse>> enum_names(TimeUse) {
  using enum TimeUse;
  static constexpr EnumName<TimeUse> kNames[] = {{data, "data"},
                                                 {refresh, "refresh"},
                                                 {turnaround, "turnaround"},
                                                 {activation_window, "activation_window"},
                                                 {row_opening, "row_opening"},
                                                 {bus, "bus"},
                                                 {starvation, "starvation"}};
  return kNames;
}

Cycles TimeUses::total() const {
  Cycles sum{0};
  for (const Cycles ticks : ticks_) sum += ticks;
  return sum;
}

TimeUses& TimeUses::operator+=(const TimeUses& other) {
  for (std::size_t i = 0; i < kTimeUses; ++i) ticks_[i] += other.ticks_[i];
  return *this;
}

}  // namespace npulse::dram
