// SPDX-License-Identifier: Apache-2.0
// What the reservation core needs of a part's compiled rules, in ticks.
#pragma once

#include <array>
#include <cstdint>

#include "arch/dram/resolved_part.h"

namespace npulse::dram {

/// Ticks at which a kind of command may begin: cell i at i * period + phase.
struct TickGrid {
  std::int64_t period = 1, phase = 0;
  /// The first cell from `tick` on.
  std::int64_t cell_at_or_after(std::int64_t tick) const {
    const std::int64_t offset = tick - phase + period - 1;
    return offset >= 0 ? offset / period : -((-offset + period - 1) / period);
  }
  std::int64_t tick_of(std::int64_t cell) const { return cell * period + phase; }
};

/// The command buses divided among their users once and for all, so that no two ever collide:
/// columns and rows of one bus take turns, and so do the pseudo-channels of a channel. What that
/// costs is less than a grid's period a command.
struct CommandGrids {
  CommandGrids(const ResolvedPart& part, std::int64_t pseudo_channel);

  TickGrid column, activate, precharge;
  /// Column cells from the first to the second that a burst takes; 0: it takes one.
  int second_cell = 0;
  bool rows_share = false;   ///< Activates and precharges use the same cells.
  std::int64_t base_period;  ///< All grids look the same from two ticks this far apart.
};

/// Directions index [0] read, [1] write.
struct ReservationTimings {
  explicit ReservationTimings(const ResolvedPart& part);

  using PerDirection = std::array<std::int64_t, 2>;
  PerDirection act_col, col_pre, latency;
  std::int64_t act_pre, pre_act, act_act_bank, act_act_group, act_act_any, four_activates;
  /// [from][to]: next column in the same bank group, and anywhere.
  std::array<PerDirection, 2> col_col_group, col_col_any;
  std::int64_t other_rank;  ///< Between reads of different ranks.
  std::int64_t burst;
  std::int64_t pre_refresh, refresh_act, act_refresh;
  bool two_step_activate, needs_sync;
  std::int64_t t_aad, t_wckpst, clock;
};

}  // namespace npulse::dram
