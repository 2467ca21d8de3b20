// SPDX-License-Identifier: Apache-2.0
// Sources: facts/dram.md sections 1.1 to 1.6 and 2.1 (the JEDEC standards through open simulators).
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
    {pre, refab, pseudo_channel, "t_rp"},
    {preab, refab, pseudo_channel, "t_rp_ab"},
    {refab, refab, pseudo_channel, "t_rfc_ab"},
    {act, act, bank_group, "t_rrd_l"},
    {act, act, pseudo_channel, "t_rrd_s"},
    {{act, refpb}, {act, refpb}, pseudo_channel, "t_faw", 4},
};

constexpr Rule kPrechargeSpacing[] = {
    {{pre, preab}, {pre, preab}, pseudo_channel, "t_ppd"},
};

// How a bank is opened by one command, or by two: a precharge or refresh is then followed by ACT-1,
// and row timings count from ACT-2 (JESD209-5B).
constexpr Rule kOneStep[] = {
    {pre, act, bank, "t_rp"},
    {preab, act, pseudo_channel, "t_rp_ab"},
    {refab, act, pseudo_channel, "t_rfc_ab"},
};
constexpr Rule kTwoStep[] = {
    {pre, act1, bank, "t_rp"},
    {preab, act1, pseudo_channel, "t_rp_ab"},
    {refab, act1, pseudo_channel, "t_rfc_ab"},
};

// From the activate to columns: one tRCD and no tRC of its own, or a tRCD by direction and a tRC.
constexpr Rule kOneRcd[] = {
    {act, {rd, wr}, bank, "t_rcd"},
    {act, act, bank, "t_ras + t_rp"},
    {act, refab, pseudo_channel, "t_ras + t_rp"},
};
constexpr Rule kTwoRcds[] = {
    {act, rd, bank, "t_rcdrd"},
    {act, wr, bank, "t_rcdwr"},
    {act, act, bank, "t_rc"},
    {act, refab, pseudo_channel, "t_rc"},
};

// Columns of one direction and the data bus they share. A burst in two halves leaves a pause, into
// which one half of another fits.
constexpr Rule kColumns[] = {
    {rd, rd, bank_group, "t_ccd_l"},
    {rd, rd, pseudo_channel, "t_ccd_s"},
    {wr, wr, pseudo_channel, "t_ccd_s"},
    {rd, rd, pseudo_channel, "burst", 1, "burst - run - run"},
    {wr, wr, pseudo_channel, "burst", 1, "burst - run - run"},
};
constexpr Rule kWritesAsReads[] = {
    {wr, wr, bank_group, "t_ccd_l"},
};

// Leaving a direction, for a precharge or for the other one.
constexpr Rule kAfterColumns[] = {
    {rd, pre, bank, "t_rtp"},
    {rd, preab, pseudo_channel, "t_rtp"},
    {wr, pre, bank, "wl + burst + t_wr"},
    {wr, preab, pseudo_channel, "wl + burst + t_wr"},
    {wr, rd, bank_group, "wl + burst + t_wtr_l"},
    {wr, rd, pseudo_channel, "wl + burst + t_wtr_s"},
};
constexpr Rule kReadToWriteByGap[] = {
    {rd, wr, pseudo_channel, "rl + burst + t_rtw_gap - wl"},
};
constexpr Rule kReadToWrite[] = {
    {rd, wr, pseudo_channel, "t_rtw"},
};

// Within a group a write lasts BL/n_max, which is tCCD_L, though its data may be done earlier.
constexpr Rule kLpddr5[] = {
    {wr, rd, bank_group, "wl + t_ccd_l + t_wtr_l"},
};

// Data come tDQSCK and tDQSS later; tRTP is that of BL16 (8 CK of data).
constexpr Rule kLpddr4[] = {
    {rd, pre, bank, "t_rtp + burst - 8"},
    {rd, preab, pseudo_channel, "t_rtp + burst - 8"},
    {wr, pre, bank, "wl + t_dqss + burst + t_wr"},
    {wr, preab, pseudo_channel, "wl + t_dqss + burst + t_wr"},
    {wr, rd, bank_group, "wl + t_dqss + burst + t_wtr_l"},
    {wr, rd, pseudo_channel, "wl + t_dqss + burst + t_wtr_s"},
    {rd, wr, pseudo_channel, "rl + t_dqsck + burst + t_rtw_gap - wl"},
};

constexpr Rule kStacks[] = {
    {rd, rd, other_rank, "t_ccd_r"},
};

// A write within a group may have to wait for the on-die ECC of the one before.
constexpr Rule kDdr5Writes[] = {
    {wr, wr, bank_group, "t_ccd_l_wr"},
};

// One bus of six bits at single rate: two or four clocks a command, timings count from the last.
constexpr BusUse kLpddr4Buses[] = {
    {act, Bus::row, 4, 1, 3}, {rd, Bus::row, 4, 1, 3},    {wr, Bus::row, 4, 1, 3},
    {pre, Bus::row, 2, 1, 1}, {preab, Bus::row, 2, 1, 1}, {refab, Bus::row, 2, 1, 1},
};

// One command bus; every command takes one CK.
constexpr BusUse kLpddr5Buses[] = {
    {act1, Bus::row, 1, 1},  {act, Bus::row, 1, 1}, {pre, Bus::row, 1, 1}, {preab, Bus::row, 1, 1},
    {refab, Bus::row, 1, 1}, {cas, Bus::row, 1, 1}, {rd, Bus::row, 1, 1},  {wr, Bus::row, 1, 1},
};

constexpr BusUse kGddr6Buses[] = {
    {act, Bus::row, 1, 1},   {pre, Bus::row, 1, 1}, {preab, Bus::row, 1, 1},
    {refab, Bus::row, 1, 1}, {rd, Bus::row, 1, 1},  {wr, Bus::row, 1, 1},
};

// One bus; commands with an address take two clocks, and timings count from the second.
constexpr BusUse kDdr5Buses[] = {
    {act, Bus::row, 2, 1, 1}, {rd, Bus::row, 2, 1, 1}, {wr, Bus::row, 2, 1, 1},
    {pre, Bus::row, 1, 1},    {preab, Bus::row, 1, 1}, {refab, Bus::row, 1, 1},
};

// Two buses; an activate takes two clocks, and its timings count from the second.
constexpr BusUse kHbm2Buses[] = {
    {act, Bus::row, 2, 1, 1}, {pre, Bus::row, 1, 1},   {preab, Bus::row, 1, 1},
    {refab, Bus::row, 1, 1},  {rd, Bus::column, 1, 1}, {wr, Bus::column, 1, 1},
};

// Two buses in half clocks: an activate takes three edges from a rising one, other row commands
// one.
constexpr BusUse kHbm3Buses[] = {
    {act, Bus::row, 3, 2},   {pre, Bus::row, 1, 1},   {preab, Bus::row, 1, 1},
    {refab, Bus::row, 1, 1}, {rd, Bus::column, 2, 2}, {wr, Bus::column, 2, 2},
};

}  // namespace

const FamilyRules& family_rules(Family family) {
  static const FamilyRules lpddr4{
      2,
      1,
      {kRows, kSetRefresh, kPrechargeSpacing, kOneStep, kOneRcd, kColumns, kWritesAsReads, kLpddr4},
      kLpddr4Buses,
      "rl + t_dqsck",
      "wl + t_dqss"};
  static const FamilyRules lpddr5{
      8,
      1,
      {kRows, kSetRefresh, kPrechargeSpacing, kTwoStep, kOneRcd, kColumns, kWritesAsReads,
       kAfterColumns, kReadToWriteByGap, kLpddr5},
      kLpddr5Buses};
  static const FamilyRules hbm2{2,
                                1,
                                {kRows, kSetRefresh, kOneStep, kTwoRcds, kColumns, kWritesAsReads,
                                 kAfterColumns, kReadToWrite, kStacks},
                                kHbm2Buses,
                                "rl + t_dqsck"};
  static const FamilyRules hbm3{4,
                                2,
                                {kRows, kSetRefresh, kPrechargeSpacing, kOneStep, kTwoRcds,
                                 kColumns, kWritesAsReads, kAfterColumns, kReadToWrite, kStacks},
                                kHbm3Buses};
  static const FamilyRules gddr6{8,
                                 1,
                                 {kRows, kSetRefresh, kPrechargeSpacing, kOneStep, kTwoRcds,
                                  kColumns, kWritesAsReads, kAfterColumns, kReadToWrite},
                                 kGddr6Buses};
  static const FamilyRules ddr5{2,
                                1,
                                {kRows, kSetRefresh, kPrechargeSpacing, kOneStep, kOneRcd, kColumns,
                                 kDdr5Writes, kAfterColumns, kReadToWriteByGap},
                                kDdr5Buses};
  switch (family) {
    case Family::lpddr4:
      return lpddr4;
    case Family::lpddr5:
      return lpddr5;
    case Family::hbm2:
      return hbm2;
    case Family::hbm3:
      return hbm3;
    case Family::gddr6:
      return gddr6;
    case Family::ddr5:
      return ddr5;
  }
  throw InternalError{"a DRAM family without rules"};
}

}  // namespace npulse::dram
