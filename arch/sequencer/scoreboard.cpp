// SPDX-License-Identifier: Apache-2.0
#include "arch/sequencer/scoreboard.h"

#include <algorithm>

namespace npulse::arch {
namespace {

bool conflict(const std::vector<isa::Access>& a, const std::vector<isa::Access>& b) {
  return std::any_of(a.begin(), a.end(), [&](const isa::Access& x) {
    return std::any_of(b.begin(), b.end(), [&](const isa::Access& y) { return isa::conflict(x, y); });
  });
}

}  // namespace

std::vector<Ticket> Scoreboard::enter(Ticket ticket, std::uint16_t core,
                                      const isa::Instruction& instruction) {
  Live entry{instruction.queue, {}};
  isa::append_footprint(instruction, core, entry.accesses);
  std::vector<Ticket> older;
  for (const auto& [other, live] : live_) {
    if (live.queue != entry.queue && conflict(live.accesses, entry.accesses)) older.push_back(other);
  }
  live_.emplace(ticket, std::move(entry));
  return older;
}

std::optional<std::uint16_t> Scoreboard::queue_of(Ticket ticket) const {
  const auto found = live_.find(ticket);
  return found == live_.end() ? std::nullopt : std::optional{found->second.queue};
}

}  // namespace npulse::arch
