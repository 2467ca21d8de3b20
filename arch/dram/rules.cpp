// SPDX-License-Identifier: Apache-2.0
// Sources: facts/dram.md sections 1.3, 1.5 and 2.1 (JESD209-5B and JESD238 through open
// simulators).
#include "arch/dram/rules.h"

#include "arch/dram/policy_rules.h"
#include "sim/core/error.h"

namespace npulse::dram {
namespace {

using enum Command;
using enum Scope;

// Opening and closing rows, the same everywhere.
constexpr Rule kRows[] = {
    {act, pre, bank, "t_ras"},
    {act, preab, pseudo_channel, "t_ras"},
    {rd, pre, bank, "t_rtp"},
    {rd, preab, pseudo_channel, "t_rtp"},
    {wr, pre, bank, "wl + burst + t_wr"},
    {wr, preab, pseudo_channel, "wl + burst + t_wr"},
    {{pre, preab}, {pre, preab}, pseudo_channel, "t_ppd"},
    {pre, refab, pseudo_channel, "t_rp"},
    {preab, refab, pseudo_channel, "t_rp_ab"},
    {refab, refab, pseudo_channel, "t_rfc_ab"},
    {act, act, bank_group, "t_rrd_l"},
    {act, act, pseudo_channel, "t_rrd_s"},
    {{act, refpb}, {act, refpb}, pseudo_channel, "t_faw", 4},
};

// Columns and the data bus they share.
constexpr Rule kColumns[] = {
    {rd, rd, bank_group, "t_ccd_l"},
    {wr, wr, bank_group, "t_ccd_l"},
    {rd, rd, pseudo_channel, "t_ccd_s"},
    {wr, wr, pseudo_channel, "t_ccd_s"},
    {rd, rd, pseudo_channel, "burst"},
    {wr, wr, pseudo_channel, "burst"},
    {wr, rd, bank_group, "wl + burst + t_wtr_l"},
    {wr, rd, pseudo_channel, "wl + burst + t_wtr_s"},
};

// Row timings count from ACT-2; a precharge or refresh is followed by ACT-1 (JESD209-5B).
constexpr Rule kLpddr5[] = {
    {act, {rd, wr}, bank, "t_rcd"},
    {act, act, bank, "t_ras + t_rp"},
    {act, refab, pseudo_channel, "t_ras + t_rp"},
    {pre, act1, bank, "t_rp"},
    {preab, act1, pseudo_channel, "t_rp_ab"},
    {refab, act1, pseudo_channel, "t_rfc_ab"},
    {rd, wr, pseudo_channel, "rl + burst + t_rtw_gap - wl"},
};

constexpr Rule kHbm3[] = {
    {act, rd, bank, "t_rcdrd"},
    {act, wr, bank, "t_rcdwr"},
    {act, act, bank, "t_rc"},
    {act, refab, pseudo_channel, "t_rc"},
    {pre, act, bank, "t_rp"},
    {preab, act, pseudo_channel, "t_rp_ab"},
    {refab, act, pseudo_channel, "t_rfc_ab"},
    {rd, rd, other_rank, "t_ccd_r"},
    {rd, wr, pseudo_channel, "t_rtw"},
};

// One command bus; every command takes one CK.
constexpr BusUse kLpddr5Buses[] = {
    {act1, Bus::row, 1, 1},  {act, Bus::row, 1, 1}, {pre, Bus::row, 1, 1}, {preab, Bus::row, 1, 1},
    {refab, Bus::row, 1, 1}, {cas, Bus::row, 1, 1}, {rd, Bus::row, 1, 1},  {wr, Bus::row, 1, 1},
};

// Two buses in half clocks: an activate takes three edges from a rising one, other row commands
// one.
constexpr BusUse kHbm3Buses[] = {
    {act, Bus::row, 3, 2},   {pre, Bus::row, 1, 1},   {preab, Bus::row, 1, 1},
    {refab, Bus::row, 1, 1}, {rd, Bus::column, 2, 2}, {wr, Bus::column, 2, 2},
};

}  // namespace

const FamilyRules& family_rules(Family family) {
  static const FamilyRules lpddr5{8, 1, {kRows, kColumns, kSetRefresh, kLpddr5}, kLpddr5Buses};
  static const FamilyRules hbm3{4, 2, {kRows, kColumns, kSetRefresh, kHbm3}, kHbm3Buses};
  switch (family) {
    case Family::lpddr5:
      return lpddr5;
    case Family::hbm3:
      return hbm3;
  }
  throw InternalError{"a DRAM family without rules"};
}

}  // namespace npulse::dram
