// SPDX-License-Identifier: Apache-2.0
// The judge's table of spacings: how far apart any two commands must be, in clocks.
#include <algorithm>
#include <cmath>

#include "tests/support/dram_judge.h"

namespace npulse::testing {

using dram::Command;

std::int64_t DramJudge::clocks(const std::optional<dram::TimingValue>& value) const {
  if (!value) return 0;
  const std::int64_t femtoseconds = std::llround(value->ns * 1e6);
  // 1 CK = bits / rate: femtoseconds * rate (in bits a second) / 1e15 / bits.
  const std::int64_t numerator = femtoseconds / 1000 * part_.rate_mtps;
  const std::int64_t denominator = standard_.bits_per_clock * 1'000'000;
  return std::max((numerator + denominator - 1) / denominator, value->ck);
}

std::int64_t DramJudge::length(Command command) const {
  const bool column = is_column(command);
  const bool addressed = column || command == Command::act;
  if (is(dram::Family::lpddr4)) return addressed ? 4 : 2;
  if (is(dram::Family::ddr5)) return addressed ? 2 : 1;
  if (is(dram::Family::hbm2)) return command == Command::act ? 2 : 1;
  if (is(dram::Family::hbm3)) return column ? 2 : command == Command::act ? 3 : 1;
  return 1;
}

std::int64_t DramJudge::lead(Command command) const {
  return is(dram::Family::hbm3) ? 0 : length(command) - 1;
}

std::int64_t DramJudge::write_latency() const {
  return clocks(part_.timing.wl) + clocks(part_.timing.t_dqss);
}

std::int64_t DramJudge::least(const PastCommand& before, const PastCommand& after) const {
  const Command b = after.record.command;
  return b == Command::rd || b == Command::wr ? least_to_column(before, after)
                                              : least_to_row(before, after);
}

std::int64_t DramJudge::least_to_row(const PastCommand& before, const PastCommand& after) const {
  const auto& t = part_.timing;
  const Command a = before.record.command, b = after.record.command;
  const bool bank = before.record.bank == after.record.bank;
  const std::int64_t cycle = t.t_rc ? clocks(t.t_rc) : clocks(t.t_ras) + clocks(t.t_rp);
  const bool closes = b == Command::preab || (b == Command::pre && bank);
  if (closes && a == Command::act) return clocks(t.t_ras);
  if (closes && a == Command::rd) {
    return clocks(t.t_rtp) + (is(dram::Family::lpddr4) ? burst_ck_ - 8 : 0);
  }
  if (closes && a == Command::wr) return write_latency() + burst_ck_ + clocks(t.t_wr);
  const bool precharge_a = a == Command::pre || a == Command::preab;
  const bool precharge_b = b == Command::pre || b == Command::preab;
  if (precharge_a && precharge_b) return clocks(t.t_ppd);
  if (a == Command::act && b == Command::act) {
    const std::int64_t other = before.group == after.group ? clocks(t.t_rrd_l) : clocks(t.t_rrd_s);
    return bank ? std::max(cycle, other) : other;
  }
  const Command opens = standard_.two_activates ? Command::act1 : Command::act;
  if (b != Command::refab && b != opens) return 0;
  if (a == Command::act) return b == Command::refab ? cycle : 0;
  if (a == Command::pre) return bank || b == Command::refab ? clocks(t.t_rp) : 0;
  if (a == Command::preab) return clocks(t.t_rp_ab);
  return a == Command::refab ? clocks(t.t_rfc_ab) : 0;
}

std::int64_t DramJudge::least_to_column(const PastCommand& before, const PastCommand& after) const {
  const auto& t = part_.timing;
  const Command a = before.record.command, b = after.record.command;
  const bool group = before.group == after.group;
  if (a == Command::act && before.record.bank == after.record.bank) {
    if (t.t_rcd) return clocks(t.t_rcd);
    return b == Command::rd ? clocks(t.t_rcdrd) : clocks(t.t_rcdwr);
  }
  if (a == Command::rd && b == Command::rd) {
    const std::int64_t gap = group ? clocks(t.t_ccd_l) : clocks(t.t_ccd_s);
    return before.rank == after.rank ? gap : std::max(gap, clocks(t.t_ccd_r));
  }
  if (a == Command::wr && b == Command::wr) {
    if (group && t.t_ccd_l_wr) return clocks(t.t_ccd_l_wr);
    return group ? clocks(t.t_ccd_l) : clocks(t.t_ccd_s);
  }
  if (a == Command::wr) {
    const bool long_write = is(dram::Family::lpddr5) && group;  // BL/n_max is tCCD_L
    const std::int64_t write = long_write ? std::max(burst_ck_, clocks(t.t_ccd_l)) : burst_ck_;
    return write_latency() + write + (group ? clocks(t.t_wtr_l) : clocks(t.t_wtr_s));
  }
  if (a != Command::rd) return 0;
  if (t.t_rtw) return clocks(t.t_rtw);
  return clocks(t.rl) + clocks(t.t_dqsck) + burst_ck_ + clocks(t.t_rtw_gap) - clocks(t.wl);
}

}  // namespace npulse::testing
