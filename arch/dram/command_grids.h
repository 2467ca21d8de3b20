// SPDX-License-Identifier: Apache-2.0
// When the fast engine lets each kind of command begin.
#pragma once

#include <cstdint>

#include "arch/dram/resolved_part.h"
#include "arch/dram/tick_set.h"

namespace npulse::dram {

/// Ticks at which columns may begin: cell i at i * period + phase.
struct TickGrid {
  std::int64_t period = 1, phase = 0;
  /// The first cell from `tick` on.
  std::int64_t cell_at_or_after(std::int64_t tick) const {
    return floor_div(tick - phase + period - 1, period);
  }
  std::int64_t tick_of(std::int64_t cell) const { return cell * period + phase; }
};

/// The command buses divided among their users once and for all, so that no two ever collide:
/// columns and rows of one bus take turns, and so do the pseudo-channels of a channel. What that
/// costs is less than a grid's period a command.
struct CommandGrids {
  CommandGrids(const ResolvedPart& part, std::int64_t pseudo_channel);

  TickGrid column;
  TickSet activate, precharge;
  /// Column cells from the first to the second that a burst takes; 0: it takes one.
  int second_cell = 0;
  bool rows_share = false;   ///< Activates and precharges use the same cells.
  int activate_cells = 1;    ///< Cells that an activate takes then, a tick apart if they are more.
  std::int64_t base_period;  ///< All grids look the same from two ticks this far apart.

 private:
  void share_one_bus(const ResolvedPart& part);
  void use_two_buses(const ResolvedPart& part, std::int64_t pseudo_channel);
};

}  // namespace npulse::dram
