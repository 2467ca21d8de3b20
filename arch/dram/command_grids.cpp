// SPDX-License-Identifier: Apache-2.0
#include "arch/dram/command_grids.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <numeric>

#include "sim/core/error.h"

namespace npulse::dram {
namespace {

std::int64_t bus_ticks(const ResolvedPart& part, Command command) {
  const auto& use = part.bus[index(command)];
  return use ? use->ticks : 0;
}

[[noreturn]] void refuse_spacing(const char* why) {
  throw InputError{"part.timing.t_ccd_s",
                   fmt::format("{} on the fast engine's grid; take `memory.engine: reference` "
                               "(--memory-engine reference)",
                               why)};
}

/// Ticks that commands take on their buses, and between columns and activates.
struct BusUses {
  explicit BusUses(const ResolvedPart& part)
      : columns{bus_ticks(part, Command::rd)},
        activates{std::max(bus_ticks(part, Command::act), bus_ticks(part, Command::act1))},
        precharges{bus_ticks(part, Command::pre)},
        edge{part.bus[index(Command::act)]->edge},
        sharers{part.organisation.pseudo_channels},
        spacing{part.within(Command::rd, Command::rd, Scope::pseudo_channel)},
        activate_spacing{part.within(Command::act, Command::act, Scope::rank)} {}

  /// Between activates of a pseudo-channel when each cell of `turn` ticks opens rows at every
  /// `every`-th.
  std::int64_t opening_interval(std::int64_t turn, std::int64_t every) const {
    return std::max(every * sharers * turn, round_up(activate_spacing, sharers * turn));
  }

  std::int64_t columns, activates, precharges, edge, sharers, spacing, activate_spacing;
};

/// Cells of activates and precharges in a period, by pseudo-channel.
struct RowCells {
  std::int64_t activate, precharge;
};

enum class RowLayout {
  own_turns,             ///< Each has a turn: its activate, then its precharge.
  others_turns,          ///< The same, with another's precharge.
  activates_first,       ///< All activates, then all precharges.
  activates_first_back,  ///< The same, with the precharges in the reverse order.
};
constexpr std::array kRowLayouts = {RowLayout::own_turns, RowLayout::others_turns,
                                    RowLayout::activates_first, RowLayout::activates_first_back};

RowCells row_cells(const BusUses& use, std::int64_t turn, RowLayout layout, std::int64_t p) {
  const std::int64_t activate = round_up(use.activates, use.edge);
  const std::int64_t precharges = use.sharers * activate;
  switch (layout) {
    case RowLayout::own_turns:
      return {p * turn, p * turn + use.activates};
    case RowLayout::others_turns:
      return {p * turn, (p + 1) % use.sharers * turn + use.activates};
    case RowLayout::activates_first:
      return {p * activate, precharges + p * use.precharges};
    default:
      return {p * activate, precharges + (use.sharers - 1 - p) * use.precharges};
  }
}

/// From an activate to the next in the same bank, a precharge between them.
std::int64_t row_cycle(const ResolvedPart& part, const RowCells& cells, std::int64_t period) {
  const std::int64_t distance = cells.precharge - cells.activate;
  const std::int64_t closed =
      round_up(part.within(Command::act, Command::pre, Scope::bank) - distance, period) + distance;
  return round_up(closed + part.within(Command::pre, Command::act, Scope::bank), period);
}

/// The layout that loses least of the row cycle to waiting for cells.
RowLayout best_layout(const ResolvedPart& part, const BusUses& use, std::int64_t turn) {
  const std::int64_t period = use.sharers * turn;
  const auto cycles = [&](RowLayout layout) {
    std::int64_t sum = 0;
    for (std::int64_t p = 0; p < use.sharers; ++p) {
      sum += row_cycle(part, row_cells(use, turn, layout, p), period);
    }
    return sum;
  };
  const auto less = [&](RowLayout a, RowLayout b) { return cycles(a) < cycles(b); };
  return *std::min_element(kRowLayouts.begin(), kRowLayouts.end(), less);
}

}  // namespace

CommandGrids::CommandGrids(const ResolvedPart& part, std::int64_t pseudo_channel) {
  if (part.bus[index(Command::act)]->bus == part.bus[index(Command::rd)]->bus) {
    share_one_bus(part);
  } else {
    use_two_buses(part, pseudo_channel);
  }
  base_period = std::lcm(column.period, activate.period);
}

void CommandGrids::share_one_bus(const ResolvedPart& part) {
  const BusUses use{part};
  ensure(use.sharers == 1, "pseudo-channels on one bus for rows and columns");
  rows_share = true;
  const std::int64_t rows = std::max(use.activates, use.precharges);
  std::int64_t period = use.columns + rows;
  while (period < use.spacing && (use.spacing % period != 0 || use.spacing / period > 2)) ++period;
  column = {period, 0};
  // The last before a column, where a CAS for it must stand.
  activate = precharge = {period, period - rows};
  second_cell = static_cast<int>(ceil_div(use.spacing, period) - 1);
  // Two halves with a pause between, which the first half of another burst fits into.
  if (const auto& gap = part.gaps[index(Command::rd)]) {
    if (gap->after.count() != use.spacing || gap->before.count() != 3 * period) {
      refuse_spacing("halves of a burst do not fit between those of another");
    }
    second_cell = 2;
  }
  if (part.two_step_activate && part.t_aad.count() < period) {
    refuse_spacing("ACT-1 and ACT-2 do not fit between columns within t_aad");
  }
}

void CommandGrids::use_two_buses(const ResolvedPart& part, std::int64_t pseudo_channel) {
  const BusUses use{part};
  column = {std::max(use.spacing, use.sharers * use.columns), pseudo_channel * use.columns};
  // Turns of an activate and a precharge, or cells for either: whichever opens rows faster.
  const std::int64_t both = round_up(use.activates + use.precharges, use.edge);
  const std::int64_t either = round_up(std::max(use.activates, use.precharges), use.edge);
  rows_share = use.opening_interval(either, 2) < use.opening_interval(both, 1);
  if (rows_share) {
    activate = precharge = {use.sharers * either, pseudo_channel * either};
    return;
  }
  const RowCells cells = row_cells(use, both, best_layout(part, use, both), pseudo_channel);
  activate = {use.sharers * both, cells.activate};
  precharge = {use.sharers * both, cells.precharge};
}

}  // namespace npulse::dram
