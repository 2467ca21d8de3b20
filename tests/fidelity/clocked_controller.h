// SPDX-License-Identifier: Apache-2.0
// A memory controller written clock by clock, with the habits of other simulators: what
// docs/fidelity.md says of their figures is tried out with it. One-burst reads, open pages.
#pragma once

#include <functional>
#include <optional>

#include "arch/dram/request.h"
#include "arch/dram/resolved_part.h"

namespace npulse::testing {

/// What a controller does otherwise than the reference engine. A two-step activate counts from its
/// first step, and WCK runs on for a column command that comes before the last data are over.
struct Habits {
  /// Which bank's command goes: of those that can, the one of the oldest request; of those that
  /// can, the one whose bank comes next in turn; or the one that would be over first, and as long
  /// as it cannot go none does.
  enum class Pick { oldest, in_turns, over_first };

  std::int64_t window = 32;                  ///< Entries, for all pseudo-channels together.
  std::optional<std::int64_t> bank_queue{};  ///< Behind a window each, every bank has a queue.
  Pick pick = Pick::oldest;
  bool leaves_window_when_opened = false;  ///< A request for which a row is opened waits apart.
  bool staggered_refresh = false;          ///< Pseudo-channels refresh one after the other.
  bool per_bank_refresh = false;           ///< One bank a refresh, in the order of their numbers.
  bool refresh_first = false;  ///< Nothing else goes while such a refresh waits for its bank.
  bool own_buses = false;      ///< Pseudo-channels have command buses of their own.
};

using PlaceSource = std::function<dram::DecodedAddress(std::uint64_t)>;

/// Percent of the peak at which `count` reads are served that are offered in a closed loop, one a
/// clock.
double clocked_share(const dram::ResolvedPart& part, const Habits& habits, std::uint64_t count,
                     const PlaceSource& source);

}  // namespace npulse::testing
