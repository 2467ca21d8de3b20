// SPDX-License-Identifier: Apache-2.0
#include "arch/dram/fast_banks.h"

#include "arch/dram/power_of_two.h"

namespace npulse::dram {

FastBanks::FastBanks(const ResolvedPart& part)
    : timings_{part},
      group_shift_{log2_of(part.organisation.banks)},
      rank_shift_{log2_of(part.organisation.banks * part.organisation.bank_groups)},
      banks_(static_cast<std::size_t>(part.organisation.total_banks())),
      group_ok_(banks_.size() >> group_shift_),
      rank_ok_(banks_.size() >> rank_shift_) {}

void FastBanks::open(Bank& bank, std::uint32_t row, std::int64_t activate) {
  bank = {activate + timings_.act_act_bank,
          activate + timings_.act_pre,
          {activate + timings_.act_col[0], activate + timings_.act_col[1]},
          activate + timings_.act_pre + timings_.pre_act,
          timings_.pre_act,
          row,
          true};
}

void FastBanks::follow_rank(std::size_t rank, std::int64_t last_column) {
  for (std::size_t other = 0; other < rank_ok_.size(); ++other) {
    if (other == rank) continue;
    rank_ok_[other] = std::max(rank_ok_[other], last_column + timings_.other_rank);
  }
  if (rank != rank_) rank_ok_[rank] = 0;
  rank_ = rank;
}

bool FastBanks::any_open() const {
  return std::any_of(banks_.begin(), banks_.end(), [](const Bank& bank) { return bank.open; });
}

std::int64_t FastBanks::quiet() const {
  const std::int64_t before = any_open() ? timings_.pre_refresh : 0;
  std::int64_t quiet = 0;
  for (const Bank& bank : banks_) {
    quiet = std::max(quiet, bank.act_ok - before);
    if (bank.open) quiet = std::max(quiet, bank.pre_ok);
  }
  return quiet;
}

void FastBanks::close_all(std::int64_t tick) {
  for (Bank& bank : banks_) bank = {tick, 0, {}, tick, 0, 0, false};
}

/// All but what follows from other figures.
template <class Self, class Code>
void FastBanks::each_figure(Self& self, Code& code) {
  for (auto& bank : self.banks_) {
    code.number(bank.open);
    code.tick(bank.act_ok);
    if (!bank.open) continue;
    code.row(bank.row);
    code.tick(bank.pre_ok);
    for (auto& tick : bank.col_ok) code.tick(tick);
  }
  for (auto& tick : self.group_ok_) code.tick(tick);
  for (auto& tick : self.rank_ok_) code.tick(tick);
  code.number(self.rank_);
}

void FastBanks::encode(StateWriter& code) const {
  each_figure(*this, code);
}

void FastBanks::decode(StateReader& code) {
  each_figure(*this, code);
  for (Bank& bank : banks_) {
    if (!bank.open) {
      bank = {bank.act_ok, 0, {}, bank.act_ok, 0, 0, false};
      continue;
    }
    bank.other_row_ok = bank.pre_ok + timings_.pre_act;
    bank.closing = timings_.pre_act;
  }
}

bool FastBanks::same_after(std::int64_t base, const FastBanks& other) const {
  const auto same = [base](std::int64_t a, std::int64_t b) {
    return std::max(a, base) == std::max(b, base);
  };
  const auto same_bank = [&](const Bank& a, const Bank& b) {
    return a.open == b.open && same(a.act_ok, b.act_ok) &&
           (!a.open || (a.row == b.row && same(a.pre_ok, b.pre_ok) &&
                        same(a.col_ok[0], b.col_ok[0]) && same(a.col_ok[1], b.col_ok[1])));
  };
  return rank_ == other.rank_ &&
         std::equal(banks_.begin(), banks_.end(), other.banks_.begin(), same_bank) &&
         std::equal(group_ok_.begin(), group_ok_.end(), other.group_ok_.begin(), same) &&
         std::equal(rank_ok_.begin(), rank_ok_.end(), other.rank_ok_.begin(), same);
}

}  // namespace npulse::dram
