// SPDX-License-Identifier: Apache-2.0
// Closed forms of the standards for tests: how far apart commands and data of an idle bank are.
#pragma once

#include <string>

#include "arch/dram/resolved_part.h"

namespace npulse::testing {

/// Ticks of `command` on its bus, as the standard says.
inline std::int64_t bus_ticks(const dram::ResolvedPart& part, dram::Command command) {
  using dram::Command;
  const bool column = command == Command::rd || command == Command::wr;
  switch (part.params.family) {
    case dram::Family::lpddr4:
      return column || command == Command::act ? 4 : 2;
    case dram::Family::ddr5:
      return column || command == Command::act ? 2 : 1;
    case dram::Family::hbm2:
      return command == Command::act ? 2 : 1;
    case dram::Family::hbm3:
      return column ? 2 : command == Command::act ? 3 : 1;
    default:
      return 1;
  }
}

/// Timings count from the last clock of a command; those of HBM3 from its first edge.
inline Cycles lead(const dram::ResolvedPart& part, dram::Command command) {
  return Cycles{part.params.family == dram::Family::hbm3 ? 0 : bus_ticks(part, command) - 1};
}

/// From the beginning of `from` to that of `to`, when the standard asks for `latency`.
inline Cycles spacing(const dram::ResolvedPart& part, dram::Command from, dram::Command to,
                      const std::string& latency) {
  return part.ticks(latency) + lead(part, from) - lead(part, to);
}

/// From the beginning of a column command to the end of its data.
inline Cycles read_time(const dram::ResolvedPart& part) {
  const bool offset = part.params.timing.t_dqsck.has_value();
  return lead(part, dram::Command::rd) + part.ticks(offset ? "rl + t_dqsck" : "rl") + part.burst;
}
inline std::string write_latency(const dram::ResolvedPart& part) {
  return part.params.timing.t_dqss ? "wl + t_dqss" : "wl";
}
inline Cycles write_time(const dram::ResolvedPart& part) {
  return lead(part, dram::Command::wr) + part.ticks(write_latency(part)) + part.burst;
}

inline std::string read_to_precharge(const dram::ResolvedPart& part) {
  return part.params.family == dram::Family::lpddr4 ? "t_rtp + burst - 8" : "t_rtp";
}

inline std::string read_to_write(const dram::ResolvedPart& part) {
  if (part.params.timing.t_rtw) return "t_rtw";
  const bool offset = part.params.family == dram::Family::lpddr4;
  return std::string{offset ? "rl + t_dqsck" : "rl"} + " + burst + t_rtw_gap - wl";
}

/// Same bank group: LPDDR5 counts from BL/n_max, which is its tCCD_L.
inline std::string write_to_read_in_group(const dram::ResolvedPart& part) {
  const bool lpddr5 = part.params.family == dram::Family::lpddr5;
  return write_latency(part) + (lpddr5 ? " + t_ccd_l" : " + burst") + " + t_wtr_l";
}

/// From the first activate (LPDDR5: ACT-1, with ACT-2 a clock later) to a column command.
inline Cycles open_time(const dram::ResolvedPart& part, dram::Command column) {
  const bool two = part.two_step_activate;
  const bool split = part.params.timing.t_rcdrd.has_value();
  const char* rcd = !split ? "t_rcd" : column == dram::Command::rd ? "t_rcdrd" : "t_rcdwr";
  return (two ? part.ticks_per_clock : Cycles{0}) + spacing(part, dram::Command::act, column, rcd);
}

}  // namespace npulse::testing
