// SPDX-License-Identifier: Apache-2.0
#include "arch/dram/reservation_timings.h"

#include <algorithm>

#include "sim/core/error.h"

namespace npulse::dram {
namespace {

std::int64_t window(const ResolvedPart& part, Command command) {
  std::int64_t longest = 0;
  for (const WindowDelay& rule : part.windows) {
    if (!rule.from.contains(command) || !rule.to.contains(command)) continue;
    ensure(rule.window == 4, "an activate window of other than four");
    longest = std::max(longest, rule.latency.count());
  }
  return longest;
}

constexpr Command kColumns[] = {Command::rd, Command::wr};

}  // namespace

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
    act_col[d] = part.within(Command::act, kColumns[d], Scope::bank);
    col_pre[d] = part.within(kColumns[d], Command::pre, Scope::bank);
    for (std::size_t to = 0; to < 2; ++to) {
      col_col_group[d][to] = part.within(kColumns[d], kColumns[to], Scope::bank_group);
      col_col_any[d][to] = part.within(kColumns[d], kColumns[to], Scope::rank);
    }
  }
  latency = {part.rl.count(), part.wl.count()};
  act_pre = part.within(Command::act, Command::pre, Scope::bank);
  pre_act = part.within(Command::pre, opens, Scope::bank) + lead;
  act_act_bank = part.within(Command::act, Command::act, Scope::bank);
  act_act_group = part.within(Command::act, Command::act, Scope::bank_group);
  act_act_any = part.within(Command::act, Command::act, Scope::rank);
  four_activates = window(part, Command::act);
  other_rank = part.between(Command::rd, Command::rd, Scope::other_rank);
  pre_refresh = part.within(Command::preab, Command::refab, Scope::rank);
  act_refresh = part.within(Command::act, Command::refab, Scope::rank);
  refresh_act = part.within(Command::refab, opens, Scope::rank) + lead;
}

}  // namespace npulse::dram
