// SPDX-License-Identifier: Apache-2.0
// What the reservation core needs of a part's compiled rules, in ticks.
#pragma once

#include <array>
#include <cstdint>

#include "arch/dram/resolved_part.h"

namespace npulse::dram {

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
