// SPDX-License-Identifier: Apache-2.0
#include "arch/dram/row_turns.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "arch/dram/reservation_timings.h"
#include "sim/core/error.h"

namespace npulse::dram {
namespace {

/// Lengths of turns, which the pseudo-channels take one after another, from tick `first` on.
struct Rhythm {
  std::int64_t first;
  std::vector<std::int64_t> turns;
  /// What it must gain, in percent of a row cycle: a longer period means more states for a memo to
  /// learn.
  std::int64_t least_gain = 0;

  TickSet ticks_of(std::int64_t pseudo_channel, std::int64_t sharers) const {
    std::uint64_t own = 0;
    std::int64_t tick = 0;
    for (std::size_t i = 0; i < turns.size(); ++i) {
      const bool mine = static_cast<std::int64_t>(i) % sharers == pseudo_channel;
      if (mine) own |= ((std::uint64_t{1} << turns[i]) - 1) << tick;
      tick += turns[i];
    }
    return {tick, first, own};
  }
};

/// What a TickSet can hold.
constexpr std::int64_t kLongestPeriod = 63;

/// Ticks that commands take on the row bus.
struct BusTicks {
  std::int64_t activate, precharge;
};

/// Turns for an activate and a precharge; for either; and, for two pseudo-channels, a mixture that
/// has room for as many commands as the first and more ticks for activates to begin on.
std::vector<Rhythm> rhythms(std::int64_t sharers, const BusTicks& use) {
  const std::int64_t both = use.activate + use.precharge;
  const std::int64_t either = std::max(use.activate, use.precharge);
  if (sharers * both > kLongestPeriod) {
    throw InputError{"part.organisation.pseudo_channels",
                     fmt::format("{}: more than {} do not fit on the fast engine's row bus; take "
                                 "`memory.engine: reference` (--memory-engine reference)",
                                 sharers, kLongestPeriod / both)};
  }
  const auto users = static_cast<std::size_t>(sharers);
  std::vector<Rhythm> all{{0, std::vector(users, both)}, {0, std::vector(users, either)}};
  if (sharers == 2)
    all.push_back({1, {both, either, either, both, either, either, either, either}, 5});
  return all;
}

/// How fast a pseudo-channel is with some ticks of the row bus.
class Trial {
 public:
  Trial(const ResolvedPart& part, const BusTicks& use, const TickGrid& column, const TickSet& ticks)
      : timings_{part}, use_{use}, column_{column}, ticks_{ticks} {}

  /// Ticks for a number of rows of several banks: their activates, or all of their commands.
  std::int64_t rows_of_banks() const {
    const std::int64_t first = activate(0);
    std::int64_t tick = first;
    for (int i = 0; i < kRows; ++i) tick = activate(tick + timings_.act_act_any);
    const std::int64_t commands = kRows * (use_.activate + use_.precharge);
    return std::max(tick - first, commands * ticks_.period() / ticks_.cells_in_period());
  }
  /// For rows of one bank, each closed behind a few reads before the next one is opened.
  std::int64_t rows_of_bank() const {
    const std::int64_t first = activate(0);
    std::int64_t tick = first;
    for (int i = 0; i < kRows; ++i) {
      const std::int64_t close =
          std::max(tick + timings_.act_pre, last_read(tick) + timings_.col_pre[0]);
      const std::int64_t closed = ticks_.tick_of(ticks_.cell_at_or_after(close));
      tick = activate(std::max(tick + timings_.act_act_bank, closed + timings_.pre_act));
    }
    return tick - first;
  }

 private:
  static constexpr int kRows = 36;
  static constexpr std::int64_t kReads = 4;  ///< 128 B, the narrowest rows of a tile.

  std::int64_t activate(std::int64_t from) const {
    std::int64_t cell = ticks_.cell_at_or_after(from);
    while (!ticks_.in_one_piece(cell, use_.activate - 1)) ++cell;
    return ticks_.tick_of(cell);
  }
  std::int64_t last_read(std::int64_t activate) const {
    const std::int64_t first =
        column_.tick_of(column_.cell_at_or_after(activate + timings_.act_col[0]));
    return first + (kReads - 1) * round_up(timings_.col_col_group[0][0], column_.period);
  }

  ReservationTimings timings_;
  BusTicks use_;
  TickGrid column_;
  TickSet ticks_;
};

}  // namespace

TickSet row_turns(const ResolvedPart& part, const std::vector<TickGrid>& columns,
                  std::int64_t pseudo_channel) {
  const auto sharers = static_cast<std::int64_t>(columns.size());
  const BusTicks use{part.bus[index(Command::act)]->ticks, part.bus[index(Command::pre)]->ticks};
  const auto slowness = [&](const Rhythm& rhythm) {
    std::int64_t banks = 0, bank = 0;
    for (std::int64_t p = 0; p < sharers; ++p) {
      const TickGrid& column = columns[static_cast<std::size_t>(p)];
      const Trial trial{part, use, column, rhythm.ticks_of(p, sharers)};
      banks += trial.rows_of_banks();
      bank += trial.rows_of_bank();
    }
    return std::pair{banks, bank * (100 + rhythm.least_gain)};
  };
  const auto faster = [&](const Rhythm& a, const Rhythm& b) { return slowness(a) < slowness(b); };
  const std::vector<Rhythm> all = rhythms(sharers, use);
  return std::min_element(all.begin(), all.end(), faster)->ticks_of(pseudo_channel, sharers);
}

}  // namespace npulse::dram
