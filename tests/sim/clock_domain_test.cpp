// SPDX-License-Identifier: Apache-2.0
#include "sim/core/clock_domain.h"

#include <catch2/catch.hpp>
#include <random>

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

TEST_CASE("Short and long times are converted alike", "[core]") {
  __extension__ using Wide = __int128;
  std::mt19937_64 random{1};
  for (int i = 0; i < 20'000; ++i) {
    const auto hertz =
        static_cast<std::int64_t>(1 + random() % 10'000'000'000 / (1 + random() % 1000));
    const ClockDomain clock{"any", Hertz{hertz}};
    // Up to a day, in which the slowest clocks have few cycles.
    const Wide most = static_cast<Wide>(hertz) * 86'400;
    const auto n = static_cast<std::int64_t>((random() >> (1 + random() % 40)) %
                                             static_cast<std::uint64_t>(most + 1));
    const Wide exact = (static_cast<Wide>(n) * 1'000'000'000'000 + hertz / 2) / hertz;
    const Picoseconds t = clock.time_of(Cycles{n});
    REQUIRE(t == Picoseconds{static_cast<std::int64_t>(exact)});
    const Cycles first = clock.first_at_or_after(t + Picoseconds{1});
    REQUIRE(clock.time_of(first) > t);
    REQUIRE((first == Cycles{0} || clock.time_of(first - Cycles{1}) <= t));
  }
}
