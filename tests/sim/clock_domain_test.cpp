// SPDX-License-Identifier: Apache-2.0
#include "sim/core/clock_domain.h"

#include <catch2/catch.hpp>

using namespace npulse;

TEST_CASE("Cycle times are rounded once, so they never drift", "[core]") {
  const ClockDomain clock{"mem", Hertz{1'500'000'000}};
  REQUIRE(clock.time_of(Cycles{1}) == Picoseconds{667});
  REQUIRE(clock.time_of(Cycles{3}) == Picoseconds{2000});
  REQUIRE(clock.time_of(Cycles{3'000'000'000'000}) == Picoseconds{2'000'000'000'000'000});
}

TEST_CASE("The first cycle at or after a time inverts time_of", "[core]") {
  const auto hertz = GENERATE(1LL, 999'999'937LL, 1'066'625'000LL, 3'000'000'000LL);
  const ClockDomain clock{"any", Hertz{hertz}};
  for (std::int64_t n : {0, 1, 2, 3, 7, 1000, 999'983}) {
    const auto t = clock.time_of(Cycles{n});
    REQUIRE(clock.first_at_or_after(t) == Cycles{n});
    REQUIRE(clock.first_at_or_after(t + Picoseconds{1}) == Cycles{n + 1});
  }
}
