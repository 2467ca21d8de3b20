// SPDX-License-Identifier: Apache-2.0
#include "arch/noc/crossbar.h"

#include <catch2/catch.hpp>

using namespace npulse;
using namespace npulse::arch;

namespace {

constexpr std::int64_t kGigabyte = 1'000'000'000;  // one byte a nanosecond
constexpr Picoseconds kHop{5000};

Crossbar make() {
  return Crossbar{{Link{kGigabyte}, Link{kGigabyte}}, {Link{2 * kGigabyte}, Link{kGigabyte}}, kHop};
}

Picoseconds ns(std::int64_t n) { return Picoseconds{n * 1000}; }

}  // namespace

TEST_CASE("A packet takes its bytes over the slower of its two links, and a hop", "[noc]") {
  auto crossbar = make();
  REQUIRE(crossbar.pass(ns(0), 0, 0, 100) == ns(100) + kHop);
  REQUIRE(crossbar.pass(ns(1000), 0, 0, 0) == ns(1000) + kHop);
}

TEST_CASE("Packets of one input follow one another", "[noc]") {
  auto crossbar = make();
  crossbar.pass(ns(0), 0, 0, 100);
  REQUIRE(crossbar.pass(ns(0), 0, 1, 50) == ns(150) + kHop);
  REQUIRE(crossbar.waited() == ns(100));
}

TEST_CASE("Two inputs share a faster output", "[noc]") {
  auto crossbar = make();
  crossbar.pass(ns(0), 0, 0, 100);
  REQUIRE(crossbar.pass(ns(0), 1, 0, 100) == ns(100) + kHop);
}

TEST_CASE("A busy output does not hold up packets for another one", "[noc]") {
  auto crossbar = make();
  for (int i = 0; i < 10; ++i) crossbar.pass(ns(0), 0, 1, 100);
  const Picoseconds behind = crossbar.pass(ns(0), 1, 1, 10);
  REQUIRE(behind == ns(1010) + kHop);
  REQUIRE(crossbar.pass(ns(10), 1, 0, 10) == ns(20) + kHop);
}
