// SPDX-License-Identifier: Apache-2.0
// What the time of a data bus went into.
#pragma once

#include <array>
#include <cstdint>

#include "sim/core/enum_names.h"
#include "sim/core/units.h"

namespace npulse::dram {

///   data               data on the bus
///   refresh            a refresh, with the precharge before it and the row that it held up
///   turnaround         from reads to writes or back
///   activation_window  tFAW, or tRRD between activates
///   row_opening        a row of the bank is closed or opened: tRCD, tRP, tRAS, tRC, tRTP, tWR
///   bus                column spacing in a bank group or between ranks, command bus, WCK start,
///                      and whatever no timing rule explains
///   starvation         no request had arrived, the device had to wake up for it, or it found all
///                      rows closed while nothing was there
enum class TimeUse : std::uint8_t {
  data,
  refresh,
  turnaround,
  activation_window,
  row_opening,
  bus,
  starvation
};
constexpr std::size_t kTimeUses = 7;
std::span<const EnumName<TimeUse>> enum_names(TimeUse);

/// Ticks by use; they add up to the time looked at.
class TimeUses {
 public:
  void add(TimeUse use, Cycles ticks) { ticks_[index(use)] += ticks; }
  Cycles of(TimeUse use) const { return ticks_[index(use)]; }
  Cycles total() const;
  TimeUses& operator+=(const TimeUses& other);

 private:
  static std::size_t index(TimeUse use) { return static_cast<std::size_t>(use); }
  std::array<Cycles, kTimeUses> ticks_{};
};

}  // namespace npulse::dram
