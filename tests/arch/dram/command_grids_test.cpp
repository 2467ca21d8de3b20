// SPDX-License-Identifier: Apache-2.0
// The command buses are divided so that no two commands meet, and rows have room enough.
#include "arch/dram/command_grids.h"

#include <catch2/catch.hpp>
#include <map>

#include "tests/support/dram_traffic.h"

using namespace npulse;
using namespace npulse::dram;
using namespace npulse::testing;

namespace {

/// Parts with a row bus of its own, which pseudo-channels share.
std::vector<ResolvedPart> parts_with_row_bus() {
  std::vector<ResolvedPart> parts;
  for (const auto& name : shipped_variants()) {
    ResolvedPart part{shipped_part(name)};
    const Bus rows = part.bus[index(Command::act)]->bus;
    if (rows != part.bus[index(Command::rd)]->bus) parts.push_back(std::move(part));
  }
  return parts;
}

/// Which pseudo-channel may use a tick of the row bus, over a period: each tick but once.
std::map<std::int64_t, std::int64_t> owners(const ResolvedPart& part) {
  std::map<std::int64_t, std::int64_t> owner;
  for (std::int64_t p = 0; p < part.organisation.pseudo_channels; ++p) {
    const CommandGrids grids{part, p};
    const auto own = [&](const TickSet& set, std::int64_t ticks) {
      for (std::int64_t cell = 0; set.tick_of(cell) < set.phase() + set.period(); ++cell) {
        for (std::int64_t i = 0; i < ticks; ++i) {
          const auto tick = (set.tick_of(cell) + i) % set.period();
          REQUIRE(owner.emplace(tick, p).second);
        }
      }
    };
    own(grids.precharge, part.bus[index(Command::pre)]->ticks);
    if (!grids.rows_share) own(grids.activate, part.bus[index(Command::act)]->ticks);
  }
  return owner;
}

}  // namespace

TEST_CASE("A tick of a row bus belongs to one pseudo-channel, and each has as many",
          "[arch][dram][fast]") {
  const auto parts = parts_with_row_bus();
  REQUIRE(!parts.empty());
  for (const ResolvedPart& part : parts) {
    INFO(part.params.name);
    std::map<std::int64_t, std::int64_t> ticks;
    const auto owner = owners(part);
    for (const auto& [tick, pseudo_channel] : owner) ++ticks[pseudo_channel];
    const std::int64_t sharers = part.organisation.pseudo_channels;
    REQUIRE(static_cast<std::int64_t>(ticks.size()) == sharers);
    for (const auto& [p, count] : ticks) {
      CHECK(count * sharers == static_cast<std::int64_t>(owner.size()));
    }
  }
}

TEST_CASE("Activates of a row bus can follow one another as closely as turns of the bus allow",
          "[arch][dram][fast]") {
  for (const ResolvedPart& part : parts_with_row_bus()) {
    const std::int64_t spacing = part.within(Command::act, Command::act, Scope::rank);
    const auto& act = *part.bus[index(Command::act)];
    const std::int64_t commands = act.ticks + part.bus[index(Command::pre)]->ticks;
    const std::int64_t sharers = part.organisation.pseudo_channels;
    // On any tick of a turn, or only on its first one.
    const std::int64_t turn = act.edge == 1 ? act.ticks : round_up(commands, act.edge);
    const std::int64_t most = round_up(std::max(spacing, sharers * commands), sharers * turn);
    for (std::int64_t p = 0; p < sharers; ++p) {
      const CommandGrids grids{part, p};
      const auto next = [&](std::int64_t from) {
        std::int64_t cell = grids.activate.cell_at_or_after(from);
        while (!grids.activate.in_one_piece(cell, grids.activate_cells - 1)) ++cell;
        return grids.activate.tick_of(cell);
      };
      constexpr int kRows = 60;
      const std::int64_t first = next(0);
      std::int64_t tick = first;
      for (int i = 0; i < kRows; ++i) tick = next(tick + spacing);
      INFO(part.params.name << ", pseudo-channel " << p);
      CHECK(tick - first <= kRows * most);
    }
  }
}

TEST_CASE("More pseudo-channels than a period has room for are refused by name",
          "[arch][dram][fast]") {
  PartParams params = shipped_part("hbm2-2000");
  params.organisation.pseudo_channels = 32;
  const ResolvedPart part{params};
  REQUIRE_THROWS_WITH((CommandGrids{part, 0}),
                      Catch::Contains("pseudo_channels") && Catch::Contains("reference"));
}
