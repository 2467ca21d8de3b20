// SPDX-License-Identifier: Apache-2.0
// Parts whose rules all bind, for mutations.
#pragma once

#include <algorithm>

#include "arch/dram/resolved_part.h"

namespace npulse::testing {

/// A part whose rules all bind: in the shipped ones tFAW may be four times tRRD, tRC be tRAS + tRP,
/// tCCD_S a burst.
inline dram::PartParams with_binding_rules(dram::PartParams part) {
  using dram::TimingValue;
  const dram::ResolvedPart original{part};
  const auto clocks = [&](const char* latency) {
    return original.ticks(latency).count() / original.ticks_per_clock.count();
  };
  dram::Timings& t = part.timing;
  t.t_rrd_l = TimingValue{0, clocks("t_rrd_s") + 3};
  t.t_faw = TimingValue{0, std::max(clocks("t_faw"), 5 * clocks("t_rrd_l") + 8)};
  const std::int64_t burst = clocks("run");
  const bool paused = original.gaps[index(dram::Command::rd)].has_value();
  t.t_ccd_s = TimingValue{0, burst + (paused ? 0 : 1)};
  t.t_ccd_l = TimingValue{0, std::max(clocks("t_ccd_l"), 2 * burst)};
  if (t.t_ccd_r) t.t_ccd_r = TimingValue{0, t.t_ccd_s->ck + 2};
  t.t_wtr_l = TimingValue{0, std::max(clocks("t_wtr_l"), clocks("t_wtr_s") + 3)};
  if (t.t_rc) t.t_rc = TimingValue{0, clocks("t_rc") + 8};
  return part;
}

}  // namespace npulse::testing
