// SPDX-License-Identifier: Apache-2.0
#include "arch/dram/command_grids.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <vector>

#include "arch/dram/row_turns.h"
#include "sim/core/error.h"

namespace npulse::dram {
namespace {

std::int64_t bus_ticks(const ResolvedPart& part, Command command) {
  const auto& use = part.bus[index(command)];
  return use ? use->ticks : 0;
}

std::int64_t column_spacing(const ResolvedPart& part) {
  return part.within(Command::rd, Command::rd, Scope::pseudo_channel);
}

[[noreturn]] void refuse_spacing(const char* why) {
  throw InputError{"part.timing.t_ccd_s",
                   fmt::format("{} on the fast engine's grid; take `memory.engine: reference` "
                               "(--memory-engine reference)",
                               why)};
}

}  // namespace

CommandGrids::CommandGrids(const ResolvedPart& part, std::int64_t pseudo_channel) {
  if (part.bus[index(Command::act)]->bus == part.bus[index(Command::rd)]->bus) {
    share_one_bus(part);
  } else {
    use_two_buses(part, pseudo_channel);
  }
  base_period = std::lcm(column.period, activate.period());
}

void CommandGrids::share_one_bus(const ResolvedPart& part) {
  ensure(part.organisation.pseudo_channels == 1, "pseudo-channels on one bus for rows and columns");
  rows_share = true;
  const std::int64_t spacing = column_spacing(part);
  const std::int64_t rows = std::max({bus_ticks(part, Command::act), bus_ticks(part, Command::act1),
                                      bus_ticks(part, Command::pre)});
  std::int64_t period = bus_ticks(part, Command::rd) + rows;
  while (period < spacing && (spacing % period != 0 || spacing / period > 2)) ++period;
  column = {period, 0};
  // The last before a column, where a CAS for it must stand.
  activate = precharge = TickSet{period, period - rows};
  second_cell = static_cast<int>(ceil_div(spacing, period) - 1);
  // Two halves with a pause between, which the first half of another burst fits into.
  if (const auto& gap = part.gaps[index(Command::rd)]) {
    if (gap->after.count() != spacing || gap->before.count() != 3 * period) {
      refuse_spacing("halves of a burst do not fit between those of another");
    }
    second_cell = 2;
  }
  if (part.two_step_activate && part.t_aad.count() < period) {
    refuse_spacing("ACT-1 and ACT-2 do not fit between columns within t_aad");
  }
}

void CommandGrids::use_two_buses(const ResolvedPart& part, std::int64_t pseudo_channel) {
  const std::int64_t sharers = part.organisation.pseudo_channels;
  const std::int64_t columns = bus_ticks(part, Command::rd);
  std::vector<TickGrid> all;
  for (std::int64_t p = 0; p < sharers; ++p) {
    all.push_back({std::max(column_spacing(part), sharers * columns), p * columns});
  }
  column = all[static_cast<std::size_t>(pseudo_channel)];
  const std::int64_t activates = bus_ticks(part, Command::act);
  const std::int64_t edge = part.bus[index(Command::act)]->edge;
  if (edge == 1) {
    rows_share = true;
    activate_cells = static_cast<int>(activates);
    activate = precharge = row_turns(part, all, pseudo_channel);
    return;
  }
  // A turn has one tick for an activate to begin on, and another that is left for a precharge.
  const std::int64_t turn = round_up(activates + bus_ticks(part, Command::pre), edge);
  activate = {sharers * turn, pseudo_channel * turn};
  precharge = {sharers * turn, pseudo_channel * turn + activates};
}

}  // namespace npulse::dram
