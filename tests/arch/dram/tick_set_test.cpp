// SPDX-License-Identifier: Apache-2.0
// The cells of a tick set are its ticks, counted.
#include "arch/dram/tick_set.h"

#include <catch2/catch.hpp>

#include "tests/support/random.h"

using namespace npulse;
using namespace npulse::dram;

namespace {

/// The definition: cells are the own ticks in order, and cell 0 the first from the phase on.
void check_against_count(const TickSet& set, std::int64_t period, std::int64_t phase,
                         std::uint64_t own) {
  const auto has = [&](std::int64_t tick) {
    return own >> (tick - phase - floor_div(tick - phase, period) * period) & 1;
  };
  std::int64_t cell = -3 * std::popcount(own);
  for (std::int64_t tick = phase - 3 * period; tick < phase + 3 * period; ++tick) {
    REQUIRE(set.cell_at_or_after(tick) == cell);
    if (!has(tick)) continue;
    REQUIRE(set.tick_of(cell) == tick);
    REQUIRE(set.in_one_piece(cell, 0));
    REQUIRE(set.in_one_piece(cell, 1) == static_cast<bool>(has(tick + 1)));
    ++cell;
  }
}

}  // namespace

TEST_CASE("The cells of a tick set are its ticks in order", "[arch][dram][fast]") {
  test::Random random{1};
  for (int i = 0; i < 300; ++i) {
    const std::int64_t period = random.between(2, 40), phase = random.between(0, 50);
    std::uint64_t own = 0;
    for (std::int64_t tick = 0; tick < period; ++tick) {
      if (random.coin()) own |= std::uint64_t{1} << tick;
    }
    own |= std::uint64_t{1} << random.between(0, period - 1);
    check_against_count({period, phase, own}, period, phase, own);
  }
}

TEST_CASE("A period of a tick set with one tick may be longer than a word", "[arch][dram][fast]") {
  const std::int64_t period = 200, phase = 7;
  const TickSet set{period, phase};
  for (std::int64_t tick = 0; tick < 3 * period; ++tick) {
    CHECK(set.cell_at_or_after(tick) == floor_div(tick - phase + period - 1, period));
  }
  CHECK(set.tick_of(2) == 2 * period + phase);
}
