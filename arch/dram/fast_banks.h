// SPDX-License-Identifier: Apache-2.0
// Rows and banks of the fast engine, in absolute ticks: what a Reservation keeps no state of.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <vector>

#include "arch/dram/reservation.h"

namespace npulse::dram {

class FastBanks {
 public:
  explicit FastBanks(const ResolvedPart& part);

  /// When the data of a run can begin, from `base` on: smaller goes first, and a hit before others.
  /// None is smaller than soonest(). Without branches that nobody can foretell.
  std::int64_t urgency(const RowRun& run, bool write, std::int64_t base) const {
    const Bank& bank = banks_[run.bank];
    const bool hit = bank.open & (bank.row == run.row);
    const std::int64_t opened = std::max(base + bank.closing, bank.other_row_ok);
    std::int64_t at = hit ? base : opened + timings_.act_col[write];
    at = std::max(at, group_ok_[run.bank >> group_shift_]);
    if (rank_ok_.size() > 1) at = std::max(at, rank_ok_[run.bank >> rank_shift_]);
    return 2 * at + !hit;
  }
  static std::int64_t soonest(std::int64_t base) { return 2 * base; }

  /// Fills in what `granule` finds in its bank, and for how long it must wait from `base` on.
  void look_up(Granule& granule, std::int64_t base) const {
    const Bank& bank = banks_[granule.bank];
    granule.row = RowState::closed;
    if (bank.open)
      granule.row = bank.row == granule.row_number ? RowState::hit : RowState::conflict;
    const auto wait = [&](std::int64_t tick) { return std::max<std::int64_t>(0, tick - base); };
    if (granule.row == RowState::hit) granule.first_ok = wait(bank.col_ok[granule.write]);
    if (granule.row == RowState::conflict) granule.first_ok = wait(bank.pre_ok);
    if (granule.row != RowState::hit) granule.act_ok = wait(bank.act_ok);
  }
  /// `granule` has come to lie at these ticks.
  void reserved(const Granule& granule, std::int64_t activate, std::int64_t last_column) {
    Bank& bank = banks_[granule.bank];
    if (granule.row != RowState::hit) open(bank, granule.row_number, activate);
    bank.pre_ok = std::max(bank.pre_ok, last_column + timings_.col_pre[granule.write]);
    bank.other_row_ok = bank.pre_ok + timings_.pre_act;
    group_ok_[granule.bank >> group_shift_] =
        last_column + timings_.col_col_group[granule.write][granule.write];
    if (rank_ok_.size() > 1) follow_rank(granule.bank >> rank_shift_, last_column);
  }

  bool any_open() const;
  /// From when on a refresh may begin, with a precharge before it if any row is open.
  std::int64_t quiet() const;
  /// All rows are closed, and may be opened again from `tick` on.
  void close_all(std::int64_t tick);
  /// They allow the same from `base` on.
  bool same_after(std::int64_t base, const FastBanks& other) const;

  void encode(StateWriter& code) const;
  void decode(StateReader& code);

 private:
  /// Ticks from which a bank takes a command.
  struct Bank {
    std::int64_t act_ok = 0, pre_ok = 0;
    std::array<std::int64_t, 2> col_ok{};
    std::int64_t other_row_ok = 0;  ///< The activate of a row that is not open.
    std::int64_t closing = 0;       ///< What it waits at least for the open one to be closed.
    std::uint32_t row = 0;
    bool open = false;
  };

  template <class Self, class Code>
  static void each_figure(Self& self, Code& code);
  void open(Bank& bank, std::uint32_t row, std::int64_t activate);
  void follow_rank(std::size_t rank, std::int64_t last_column);

  ReservationTimings timings_;
  std::size_t group_shift_, rank_shift_;  ///< From a bank to its group and rank.
  std::vector<Bank> banks_;
  std::vector<std::int64_t> group_ok_;  ///< By bank group: its next column.
  std::vector<std::int64_t> rank_ok_;   ///< By rank: when its columns need not follow another's.
  std::size_t rank_ = 0;                ///< Of the last column.
};

}  // namespace npulse::dram
