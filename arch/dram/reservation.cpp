// SPDX-License-Identifier: Apache-2.0
#include "arch/dram/reservation.h"

#include <algorithm>

#include "sim/core/error.h"

namespace npulse::dram {

Reservation::Reservation(const ResolvedPart& part, std::uint8_t pseudo_channel,
                         std::int64_t lookahead)
    : timings_{part},
      grids_{part, pseudo_channel},
      lookahead_{lookahead},
      pseudo_channel_{pseudo_channel},
      group_banks_{static_cast<std::size_t>(part.organisation.banks)},
      rank_banks_{static_cast<std::size_t>(part.organisation.banks * part.organisation.bank_groups)},
      banks_(static_cast<std::size_t>(part.organisation.total_banks())),
      groups_(banks_.size() / group_banks_) {
  ensure(lookahead >= 1 && lookahead <= SlotRing::kDepth, "a lookahead beyond what a ring keeps");
}

void Reservation::advance_base(Cycles tick) {
  move_base(std::max(base_, grids_.column.cell_at_or_after(tick.count())));
}

void Reservation::move_base(std::int64_t cell) {
  base_ = cell;
  columns_.forget_before(base_);
  rows_.forget_before(grids_.precharge.cell_at_or_after(base_tick()));
}

Placement Reservation::reserve(const Granule& granule, CommandObserver* observer, std::uint32_t row,
                               std::uint16_t column) {
  observer_ = observer;
  row_ = row;
  column_ = column;
  syncs_ = 0;
  Bank& bank = banks_[granule.bank];
  Group& group = groups_[granule.bank / group_banks_];
  const std::size_t direction = granule.write;
  const std::int64_t origin = base_tick();
  if (granule.row == RowState::conflict) tell(Command::pre, precharge(bank), granule);
  if (granule.row != RowState::hit) {
    const std::int64_t at = activate(bank, group);
    if (timings_.two_step_activate) tell(Command::act1, act1_tick_, granule);
    tell(Command::act, at, granule);
  }
  const std::size_t rank = granule.bank / rank_banks_;
  std::int64_t earliest = std::max({origin, bank.col_ok[direction], group.col_ok[direction],
                                    col_ok_[direction]});
  if (rank != rank_ && !granule.write) {
    // Not between columns of the other rank, now or later.
    col_ok_[direction] = std::max(col_ok_[direction], other_rank_ok_);
    earliest = std::max(earliest, other_rank_ok_);
  }
  rank_ = rank;
  std::int64_t tick = 0;
  for (int i = 0; i < granule.bursts; ++i) {
    const std::uint16_t before = syncs_;
    tick = place_column(earliest, direction);
    if (syncs_ != before) tell(Command::cas, cas_tick_, granule);
    tell(granule.write ? Command::wr : Command::rd, tick, granule);
    ++column_;
    earliest = tick + timings_.col_col_group[direction][direction];
  }
  follow_column(bank, group, direction, tick);
  const std::int64_t old = base_;
  move_base(std::max(base_, columns_.end() - lookahead_));
  const auto after = [&](std::int64_t t) { return static_cast<std::uint16_t>(t - origin); };
  return {static_cast<std::uint16_t>(base_ - old),
          after(tick + timings_.latency[direction] + timings_.burst), after(tick),
          after(std::max(origin, bank.pre_ok)), syncs_};
}

std::int64_t Reservation::precharge(Bank& bank) {
  const TickGrid& grid = grids_.precharge;
  const std::int64_t cell =
      rows_.first_free(grid.cell_at_or_after(std::max(base_tick(), bank.pre_ok)));
  rows_.take(cell);
  const std::int64_t tick = grid.tick_of(cell);
  bank.act_ok = std::max(bank.act_ok, tick + timings_.pre_act);
  return tick;
}

std::int64_t Reservation::activate(Bank& bank, Group& group) {
  const std::int64_t lead = timings_.two_step_activate ? timings_.clock : 0;
  const std::int64_t opens_ok = std::max({base_tick(), opens_ok_, bank.act_ok - lead});
  const std::int64_t act_ok =
      std::max({opens_ok + lead, bank.act_ok, group.act_ok, act_ok_, window_[0]});
  const std::int64_t tick = timings_.two_step_activate ? place_two_steps(opens_ok, act_ok)
                                                       : place_activate(opens_ok, act_ok);
  bank.act_ok = tick + timings_.act_act_bank;
  bank.pre_ok = tick + timings_.act_pre;
  bank.col_ok = {tick + timings_.act_col[0], tick + timings_.act_col[1]};
  group.act_ok = tick + timings_.act_act_group;
  act_ok_ = tick + timings_.act_act_any;
  opens_ok_ = tick + 1;
  window_ = {window_[1], window_[2], window_[3], tick + timings_.four_activates};
  return tick;
}

std::int64_t Reservation::place_activate(std::int64_t, std::int64_t act_ok) {
  const TickGrid& grid = grids_.activate;
  std::int64_t cell = grid.cell_at_or_after(act_ok);
  if (grids_.rows_share) {
    cell = rows_.first_free(cell);
    rows_.take(cell);
  }
  return grid.tick_of(cell);
}

std::int64_t Reservation::place_two_steps(std::int64_t opens_ok, std::int64_t act_ok) {
  const TickGrid& grid = grids_.activate;
  const std::int64_t soonest = grid.cell_at_or_after(opens_ok);
  std::int64_t second = rows_.first_free(std::max(grid.cell_at_or_after(act_ok), soonest + 1));
  while (true) {
    const std::int64_t deadline = grid.cell_at_or_after(grid.tick_of(second) - timings_.t_aad);
    const std::int64_t first = rows_.first_free(std::max(soonest, deadline));
    if (first < second) {
      rows_.take(first);
      rows_.take(second);
      act1_tick_ = grid.tick_of(first);
      return grid.tick_of(second);
    }
    second = rows_.first_free(second + 1);
  }
}

std::int64_t Reservation::place_column(std::int64_t earliest, std::size_t direction) {
  std::int64_t cell = grids_.column.cell_at_or_after(earliest);
  while (true) {
    cell = columns_.first_free(cell, grids_.column_width);
    if (!timings_.needs_sync || sync_before(cell, direction)) break;
    ++cell;
  }
  const std::int64_t tick = grids_.column.tick_of(cell);
  // Set by the latest in time; those between others change nothing.
  synced_until_ = std::max(synced_until_, tick + timings_.latency[direction] + timings_.burst +
                                              timings_.t_wckpst);
  for (int i = 0; i < grids_.column_width; ++i) columns_.take(cell + i);
  return tick;
}

bool Reservation::needs_sync(std::int64_t cell, std::size_t direction) const {
  if (cell >= columns_.end()) {
    return grids_.column.tick_of(cell) + timings_.latency[direction] > synced_until_;
  }
  // Between columns of its own direction, or behind a turnaround, which outlasts the postamble.
  const std::int64_t gap = (cell - columns_.taken_before(cell)) * grids_.column.period;
  return gap > timings_.burst + timings_.t_wckpst;
}

/// Whether WCK runs for a column in `cell`, or is made to by a CAS a clock before it.
bool Reservation::sync_before(std::int64_t cell, std::size_t direction) {
  if (!needs_sync(cell, direction)) return true;
  const std::int64_t tick = grids_.column.tick_of(cell) - timings_.clock;
  const std::int64_t row_cell = grids_.activate.cell_at_or_after(tick);
  if (tick < base_tick() || grids_.activate.tick_of(row_cell) != tick) return false;
  if (!rows_.is_free(row_cell)) return false;
  rows_.take(row_cell);
  cas_tick_ = tick;
  ++syncs_;
  return true;
}

void Reservation::follow_column(Bank& bank, Group& group, std::size_t direction,
                                std::int64_t tick) {
  const std::size_t opposite = 1 - direction;
  bank.pre_ok = std::max(bank.pre_ok, tick + timings_.col_pre[direction]);
  for (const std::size_t to : {direction, opposite}) {
    group.col_ok[to] =
        std::max(group.col_ok[to], tick + timings_.col_col_group[direction][to]);
  }
  col_ok_[opposite] = std::max(col_ok_[opposite], tick + timings_.col_col_any[direction][opposite]);
  if (direction == 0) other_rank_ok_ = std::max(other_rank_ok_, tick + timings_.other_rank);
}

Cycles Reservation::refresh(Cycles due, bool any_open, CommandObserver* observer) {
  observer_ = observer;
  row_ = 0;
  column_ = 0;
  const TickGrid& grid = grids_.precharge;
  std::int64_t ready = std::max(base_tick(), due.count());
  for (const Bank& bank : banks_) ready = std::max(ready, any_open ? bank.pre_ok : bank.act_ok);
  if (any_open) {
    const std::int64_t cell = rows_.first_free(grid.cell_at_or_after(ready));
    rows_.take(cell);
    tell(Command::preab, grid.tick_of(cell), {});
    ready = grid.tick_of(cell) + timings_.pre_refresh;
    for (const Bank& bank : banks_) {
      ready = std::max(ready, bank.act_ok - timings_.act_act_bank + timings_.act_refresh);
    }
  }
  const std::int64_t at =
      grid.tick_of(std::max(grid.cell_at_or_after(ready), rows_.end()));
  tell(Command::refab, at, {});
  const std::int64_t open = at + timings_.refresh_act;
  const std::int64_t lead = timings_.two_step_activate ? timings_.clock : 0;
  advance_base(Cycles{open - lead});
  for (Bank& bank : banks_) bank = {open, 0, {}};
  return Cycles{at};
}

void Reservation::tell(Command command, std::int64_t tick, const Granule& granule) {
  if (!observer_) return;
  observer_->command({Cycles{tick}, command, pseudo_channel_, granule.bank, row_, column_});
}

template <class Self, class F>
void Reservation::each_deadline(Self& self, std::size_t anchor, F&& f) {
  for (std::size_t i = 0; i < self.banks_.size(); ++i) {
    auto& bank = self.banks_[i ^ anchor];
    f(bank.act_ok);
    f(bank.pre_ok);
    f(bank.col_ok[0]);
    f(bank.col_ok[1]);
  }
  for (std::size_t i = 0; i < self.groups_.size(); ++i) {
    auto& group = self.groups_[i ^ anchor / self.group_banks_];
    f(group.act_ok);
    f(group.col_ok[0]);
    f(group.col_ok[1]);
  }
  f(self.opens_ok_);
  f(self.act_ok_);
  f(self.col_ok_[0]);
  f(self.col_ok_[1]);
  for (auto& time : self.window_) f(time);
  f(self.synced_until_);
  f(self.other_rank_ok_);
}

namespace {

void encode_ring(const SlotRing& ring, std::int64_t base, Reservation::Code& code) {
  code.push_back(static_cast<std::uint16_t>(ring.end() - base));
  for (int i = 0; i < 4; ++i) code.push_back(static_cast<std::uint16_t>(ring.taken() >> (16 * i)));
}

}  // namespace

void Reservation::encode(Code& code, std::size_t anchor) const {
  const std::int64_t origin = base_tick();
  const std::int64_t phase = origin % grids_.base_period;
  code.push_back(static_cast<std::uint16_t>(phase));
  code.push_back(static_cast<std::uint16_t>(rank_ ^ anchor / rank_banks_));
  encode_ring(columns_, base_, code);
  encode_ring(rows_, grids_.precharge.cell_at_or_after(origin), code);
  each_deadline(*this, anchor, [&](std::int64_t tick) {
    code.push_back(static_cast<std::uint16_t>(std::max<std::int64_t>(0, tick - origin)));
  });
}

void Reservation::decode(const Code& code, std::int64_t base, std::size_t anchor) {
  base_ = base;
  const std::int64_t origin = base_tick();
  auto next = code.begin();
  const auto ring = [&](std::int64_t from) {
    const std::int64_t end = from + *next++;
    std::uint64_t taken = 0;
    for (int i = 0; i < 4; ++i) taken |= std::uint64_t{*next++} << (16 * i);
    return SlotRing::of(end, taken);
  };
  ++next;  // the phase, which the base has
  rank_ = *next++ ^ anchor / rank_banks_;
  columns_ = ring(base_);
  rows_ = ring(grids_.precharge.cell_at_or_after(origin));
  each_deadline(*this, anchor, [&](std::int64_t& tick) { tick = origin + *next++; });
}

}  // namespace npulse::dram
