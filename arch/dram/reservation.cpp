// SPDX-License-Identifier: Apache-2.0
#include "arch/dram/reservation.h"

#include <algorithm>
#include <bit>

#include "arch/dram/power_of_two.h"
#include "sim/core/error.h"

namespace npulse::dram {
namespace {

std::size_t rename_mask(const Organisation& o) {
  const bool all = is_power_of_two(o.ranks);
  return static_cast<std::size_t>(all ? o.ranks * o.bank_groups : o.bank_groups) - 1;
}

}  // namespace

Reservation::Reservation(const ResolvedPart& part, std::uint8_t pseudo_channel,
                         std::int64_t lookahead)
    : timings_{part},
      grids_{part, pseudo_channel},
      lookahead_{lookahead},
      pseudo_channel_{pseudo_channel},
      group_shift_{log2_of(part.organisation.banks)},
      rank_shift_{log2_of(part.organisation.banks * part.organisation.bank_groups)},
      rename_mask_{rename_mask(part.organisation)},
      groups_(static_cast<std::size_t>(part.organisation.ranks * part.organisation.bank_groups)) {
  for (std::size_t d = 0; d < 2; ++d) {
    // Whole bursts of other groups must fit in between.
    const std::int64_t cells =
        round_up(ceil_div(timings_.col_col_group[d][d], grids_.column.period),
                 std::int64_t{grids_.second_cell == 0 ? 1 : 2});
    const bool keeps_sync = cells * grids_.column.period <= timings_.burst + timings_.t_wckpst;
    stride_[d] = static_cast<int>(cells);
    at_once_[d] = keeps_sync || !timings_.needs_sync;
  }
  ensure(lookahead >= 1 && lookahead <= SlotRing::kDepth, "a lookahead beyond what a ring keeps");
}

void Reservation::advance_base(std::int64_t cell) {
  if (cell <= base_) return;
  base_ = cell;
  columns_.forget_before(base_);
  rows_.forget_before(grids_.precharge.cell_at_or_after(base_tick()));
}

void Reservation::follow() {
  advance_base(columns_.end() - lookahead_);
}

Placement Reservation::reserve(const Granule& granule, CommandObserver* observer,
                               const Place& place) {
  observer_ = observer;
  place_ = place;
  Group& group = groups_[group_of(granule.bank)];
  const std::int64_t origin = base_tick();
  std::int64_t first_ok = origin + granule.first_ok, activated = origin;
  if (granule.row != RowState::hit) {
    std::int64_t act_ok = origin + granule.act_ok;
    if (granule.row == RowState::conflict) {
      const std::int64_t closed = precharge(first_ok);
      tell(Command::pre, closed, granule);
      act_ok = std::max(act_ok, closed + timings_.pre_act);
    }
    activated = activate(act_ok, group, granule);
    first_ok = activated + timings_.act_col[granule.write];
  }
  const std::int64_t last =
      place_columns(granule, std::max(first_ok, column_floor(granule, group)));
  follow_column(group, granule.write, last);
  return {static_cast<std::uint16_t>(activated - origin),
          static_cast<std::uint16_t>(last - origin)};
}

/// Bus, group and rank allow a column from here on.
std::int64_t Reservation::column_floor(const Granule& granule, const Group& group) {
  const std::size_t direction = granule.write;
  const std::size_t rank = std::size_t{granule.bank} >> rank_shift_;
  if (rank != rank_ && !granule.write) {
    // Not between columns of the other rank, now or later.
    col_ok_[direction] = std::max(col_ok_[direction], other_rank_ok_);
  }
  rank_ = rank;
  return std::max({base_tick(), group.col_ok[direction], col_ok_[direction]});
}

std::int64_t Reservation::precharge(std::int64_t earliest) {
  const TickSet& ticks = grids_.precharge;
  const std::int64_t cell = rows_.first_free(ticks.cell_at_or_after(earliest));
  rows_.take(cell);
  return ticks.tick_of(cell);
}

std::int64_t Reservation::activate(std::int64_t earliest, Group& group, const Granule& granule) {
  const std::int64_t lead = timings_.two_step_activate ? timings_.clock : 0;
  const std::int64_t opens_ok = std::max({base_tick(), opens_ok_, earliest - lead});
  const std::int64_t act_ok =
      std::max({opens_ok + lead, earliest, group.act_ok, act_ok_, window_[0]});
  const std::int64_t tick = timings_.two_step_activate ? place_two_steps(opens_ok, act_ok, granule)
                                                       : place_activate(act_ok);
  tell(Command::act, tick, granule);
  group.act_ok = tick + timings_.act_act_group;
  act_ok_ = tick + timings_.act_act_any;
  opens_ok_ = tick + 1;
  window_ = {window_[1], window_[2], window_[3], tick + timings_.four_activates};
  return tick;
}

std::int64_t Reservation::place_activate(std::int64_t act_ok) {
  const TickSet& ticks = grids_.activate;
  std::int64_t cell = ticks.cell_at_or_after(act_ok);
  if (!grids_.rows_share) return ticks.tick_of(cell);
  const int more = grids_.activate_cells - 1;
  cell = rows_.first_free(cell, more);
  while (!ticks.in_one_piece(cell, more)) cell = rows_.first_free(cell + 1, more);
  for (int i = more; i >= 0; --i) rows_.take(cell + i);
  return ticks.tick_of(cell);
}

std::int64_t Reservation::place_two_steps(std::int64_t opens_ok, std::int64_t act_ok,
                                          const Granule& granule) {
  const TickSet& ticks = grids_.activate;
  const std::int64_t soonest = ticks.cell_at_or_after(opens_ok);
  std::int64_t second = rows_.first_free(std::max(ticks.cell_at_or_after(act_ok), soonest + 1));
  while (true) {
    const std::int64_t deadline = ticks.cell_at_or_after(ticks.tick_of(second) - timings_.t_aad);
    const std::int64_t first = rows_.first_free(std::max(soonest, deadline));
    if (first < second) {
      rows_.take(first);
      rows_.take(second);
      tell(Command::act1, ticks.tick_of(first), granule);
      return ticks.tick_of(second);
    }
    second = rows_.first_free(second + 1);
  }
}

/// Returns the tick of the last column.
std::int64_t Reservation::place_columns(const Granule& granule, std::int64_t earliest) {
  if (const auto last = place_at_once(granule, earliest)) return *last;
  std::int64_t tick = earliest;
  for (int i = 0; i < granule.bursts; ++i) {
    tick = place_column(granule, earliest);
    earliest = tick + stride_[granule.write] * grids_.column.period;
  }
  return tick;
}

/// The same when all bursts can go at the shortest distance without a CAS, as they mostly can.
std::optional<std::int64_t> Reservation::place_at_once(const Granule& granule,
                                                       std::int64_t earliest) {
  const std::size_t direction = granule.write;
  const int stride = stride_[direction];
  if (!at_once_[direction]) return std::nullopt;
  std::int64_t first = grids_.column.cell_at_or_after(earliest);
  if (first < columns_.end()) first = columns_.first_free(first, grids_.second_cell);
  if (timings_.needs_sync && needs_sync(first, direction)) return std::nullopt;
  if (!columns_.take_run(first, granule.bursts, stride, grids_.second_cell)) return std::nullopt;
  const TickGrid& grid = grids_.column;
  for (int i = 0; observer_ && i < granule.bursts; ++i) {
    tell(granule.write ? Command::wr : Command::rd, grid.tick_of(first + i * stride), granule);
  }
  const std::int64_t last = grid.tick_of(first + (granule.bursts - 1) * std::int64_t{stride});
  promise_data(last, direction);
  return last;
}

void Reservation::promise_data(std::int64_t column, std::size_t direction) {
  // Set by the latest in time; those between others change nothing.
  synced_until_ = std::max(
      synced_until_, column + timings_.latency[direction] + timings_.burst + timings_.t_wckpst);
}

std::int64_t Reservation::place_column(const Granule& granule, std::int64_t earliest) {
  std::int64_t cell = grids_.column.cell_at_or_after(earliest);
  while (true) {
    cell = columns_.first_free(cell, grids_.second_cell);
    if (!timings_.needs_sync || sync_before(cell, granule)) break;
    ++cell;
  }
  const std::int64_t tick = grids_.column.tick_of(cell);
  tell(granule.write ? Command::wr : Command::rd, tick, granule);
  promise_data(tick, granule.write);
  columns_.take(cell);
  if (grids_.second_cell != 0) columns_.take(cell + grids_.second_cell);
  return tick;
}

bool Reservation::needs_sync(std::int64_t cell, std::size_t direction) const {
  if (cell >= columns_.end()) {
    return grids_.column.tick_of(cell) + timings_.latency[direction] > synced_until_;
  }
  // Between columns of its own direction, or behind a turnaround, which outlasts the postamble.
  const std::int64_t before = columns_.taken_before(cell) - grids_.second_cell;
  const std::int64_t gap = (cell - before) * grids_.column.period;
  return gap > timings_.burst + timings_.t_wckpst;
}

/// Whether WCK runs for a column in `cell`, or is made to by a CAS a clock before it.
bool Reservation::sync_before(std::int64_t cell, const Granule& granule) {
  if (!needs_sync(cell, granule.write)) return true;
  const std::int64_t tick = grids_.column.tick_of(cell) - timings_.clock;
  const std::int64_t row_cell = grids_.activate.cell_at_or_after(tick);
  if (tick < base_tick() || grids_.activate.tick_of(row_cell) != tick) return false;
  if (!rows_.is_free(row_cell)) return false;
  rows_.take(row_cell);
  tell(Command::cas, tick, granule);
  ++syncs_;
  return true;
}

void Reservation::follow_column(Group& group, std::size_t direction, std::int64_t tick) {
  const std::size_t opposite = 1 - direction;
  for (const std::size_t to : {direction, opposite}) {
    group.col_ok[to] = std::max(group.col_ok[to], tick + timings_.col_col_group[direction][to]);
  }
  col_ok_[opposite] = std::max(col_ok_[opposite], tick + timings_.col_col_any[direction][opposite]);
  if (direction == 0) other_rank_ok_ = std::max(other_rank_ok_, tick + timings_.other_rank);
}

std::int64_t Reservation::refresh(std::int64_t quiet, bool any_open, CommandObserver* observer) {
  observer_ = observer;
  place_ = {};
  const TickSet& ticks = grids_.precharge;
  std::int64_t ready = std::max(base_tick(), quiet);
  if (any_open) {
    const std::int64_t cell = rows_.first_free(ticks.cell_at_or_after(ready));
    rows_.take(cell);
    tell(Command::preab, ticks.tick_of(cell), {});
    ready = ticks.tick_of(cell) + timings_.pre_refresh;
  }
  const std::int64_t at = ticks.tick_of(std::max(ticks.cell_at_or_after(ready), rows_.end()));
  tell(Command::refab, at, {});
  const std::int64_t open = at + timings_.refresh_act;
  const std::int64_t lead = timings_.two_step_activate ? timings_.clock : 0;
  advance_base(grids_.column.cell_at_or_after(open - lead));
  return open;
}

void Reservation::tell(Command command, std::int64_t tick, const Granule& granule) {
  if (!observer_) return;
  observer_->command({Cycles{tick}, command, pseudo_channel_, granule.bank, granule.row_number,
                      place_.column, is_column(command) ? place_.arrival : Cycles{}});
  if (is_column(command)) ++place_.column;
}

template <class Self, class F>
void Reservation::each_deadline(Self& self, std::size_t renaming, F&& f) {
  for (std::size_t i = 0; i < self.groups_.size(); ++i) {
    auto& group = self.groups_[i ^ renaming];
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

std::uint16_t* encode_ring(const SlotRing& ring, std::int64_t base, std::uint16_t* code) {
  *code++ = static_cast<std::uint16_t>(ring.end() - base);
  for (int i = 0; i < 4; ++i) *code++ = static_cast<std::uint16_t>(ring.taken() >> (16 * i));
  return code;
}

}  // namespace

void Reservation::encode(StateCode& code, std::size_t renaming) const {
  constexpr std::size_t kOthers = 22;  // than what groups have
  const std::size_t before = code.size();
  code.resize(before + kOthers + 3 * groups_.size());
  std::uint16_t* next = code.data() + before;
  const std::int64_t origin = base_tick();
  *next++ = static_cast<std::uint16_t>(origin % grids_.base_period);
  *next++ = static_cast<std::uint16_t>(rank_ ^ renaming >> (rank_shift_ - group_shift_));
  next = encode_ring(columns_, base_, next);
  next = encode_ring(rows_, grids_.precharge.cell_at_or_after(origin), next);
  each_deadline(*this, renaming, [&](std::int64_t tick) {
    *next++ = static_cast<std::uint16_t>(std::max<std::int64_t>(0, tick - origin));
  });
  ensure(next == code.data() + code.size(), "a state's code is not as long as it should be");
}

void Reservation::decode(std::span<const std::uint16_t> code, std::int64_t base, std::size_t renaming) {
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
  rank_ = *next++ ^ renaming >> (rank_shift_ - group_shift_);
  columns_ = ring(base_);
  rows_ = ring(grids_.precharge.cell_at_or_after(origin));
  each_deadline(*this, renaming, [&](std::int64_t& tick) { tick = origin + *next++; });
}

}  // namespace npulse::dram
