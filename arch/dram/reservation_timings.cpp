// SPDX-License-Identifier: Apache-2.0
#include "arch/dram/reservation_timings.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "sim/core/error.h"

namespace npulse::dram {
namespace {

/// The latency of the rule between two commands in a scope; 0 when there is none.
std::int64_t between(const ResolvedPart& part, Command from, Command to, Scope scope) {
  for (const Delay& delay : part.delays[index(from)]) {
    if (delay.to == to && delay.scope == scope) return delay.latency.count();
  }
  return 0;
}

/// The same in the scope or any that contains it.
std::int64_t within(const ResolvedPart& part, Command from, Command to, Scope scope) {
  std::int64_t longest = 0;
  for (const Scope s : {Scope::bank, Scope::bank_group, Scope::rank, Scope::pseudo_channel}) {
    if (s >= scope) longest = std::max(longest, between(part, from, to, s));
  }
  return longest;
}

std::int64_t window(const ResolvedPart& part, Command command) {
  std::int64_t longest = 0;
  for (const WindowDelay& rule : part.windows) {
    if (!rule.from.contains(command) || !rule.to.contains(command)) continue;
    ensure(rule.window == 4, "an activate window of other than four");
    longest = std::max(longest, rule.latency.count());
  }
  return longest;
}

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

constexpr Command kColumns[] = {Command::rd, Command::wr};

}  // namespace

CommandGrids::CommandGrids(const ResolvedPart& part, std::int64_t pseudo_channel) {
  const std::int64_t columns = bus_ticks(part, Command::rd);
  const std::int64_t activates =
      std::max(bus_ticks(part, Command::act), bus_ticks(part, Command::act1));
  const std::int64_t precharges = bus_ticks(part, Command::pre);
  const std::int64_t spacing = within(part, Command::rd, Command::rd, Scope::pseudo_channel);
  const std::int64_t sharers = part.organisation.pseudo_channels;
  rows_share = part.bus[index(Command::act)]->bus == part.bus[index(Command::rd)]->bus;
  if (rows_share) {
    ensure(sharers == 1, "pseudo-channels on one bus for rows and columns");
    const std::int64_t rows = std::max(activates, precharges);
    std::int64_t period = columns + rows;
    while (period < spacing && (spacing % period != 0 || spacing / period > 2)) ++period;
    column = {period, 0};
    // The last before a column, where a CAS for it must stand.
    activate = precharge = {period, period - rows};
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
  } else {
    const std::int64_t edge = part.bus[index(Command::act)]->edge;
    const std::int64_t turn = round_up(activates + precharges, edge);
    column = {std::max(spacing, sharers * columns), pseudo_channel * columns};
    activate = {sharers * turn, pseudo_channel * turn};
    precharge = {sharers * turn, pseudo_channel * turn + activates};
  }
  base_period = std::lcm(column.period, activate.period);
}

ReservationTimings::ReservationTimings(const ResolvedPart& part)
    : burst{part.burst.count()},
      two_step_activate{part.two_step_activate},
      needs_sync{part.needs_sync},
      t_aad{part.t_aad.count()},
      t_wckpst{part.t_wckpst.count()},
      clock{part.ticks_per_clock.count()} {
  const Command opens = two_step_activate ? Command::act1 : Command::act;
  // Timings count from ACT-2, a clock after ACT-1 at the soonest.
  const std::int64_t lead = two_step_activate ? clock : 0;
  for (std::size_t d = 0; d < 2; ++d) {
    act_col[d] = within(part, Command::act, kColumns[d], Scope::bank);
    col_pre[d] = within(part, kColumns[d], Command::pre, Scope::bank);
    for (std::size_t to = 0; to < 2; ++to) {
      col_col_group[d][to] = within(part, kColumns[d], kColumns[to], Scope::bank_group);
      col_col_any[d][to] = within(part, kColumns[d], kColumns[to], Scope::rank);
    }
  }
  latency = {part.rl.count(), part.wl.count()};
  act_pre = within(part, Command::act, Command::pre, Scope::bank);
  pre_act = within(part, Command::pre, opens, Scope::bank) + lead;
  act_act_bank = within(part, Command::act, Command::act, Scope::bank);
  act_act_group = within(part, Command::act, Command::act, Scope::bank_group);
  act_act_any = within(part, Command::act, Command::act, Scope::rank);
  four_activates = window(part, Command::act);
  other_rank = between(part, Command::rd, Command::rd, Scope::other_rank);
  pre_refresh = within(part, Command::preab, Command::refab, Scope::rank);
  act_refresh = within(part, Command::act, Command::refab, Scope::rank);
  refresh_act = within(part, Command::refab, opens, Scope::rank) + lead;
}

}  // namespace npulse::dram
