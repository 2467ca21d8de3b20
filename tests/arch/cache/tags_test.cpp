// SPDX-License-Identifier: Apache-2.0
#include "arch/cache/tags.h"

#include <catch2/catch.hpp>
#include <set>

using namespace npulse;
using namespace npulse::arch;

namespace {

CacheParams one_set(std::int64_t ways, Replacement replacement) {
  CacheParams params;
  params.line = Bytes{64};
  params.ways = ways;
  params.capacity = params.line * ways;
  params.replacement = replacement;
  return params;
}

}  // namespace

TEST_CASE("The line used longest ago leaves a full set", "[cache]") {
  constexpr Address kWays = 4;
  Tags tags{one_set(kWays, Replacement::lru)};
  for (Address line = 0; line < kWays; ++line) CHECK_FALSE(tags.insert({line}));
  REQUIRE(tags.find(0));  // now line 1 is the oldest
  const auto left = tags.insert({kWays});
  REQUIRE(left);
  CHECK(left->number == 1);
  CHECK_FALSE(tags.find(1));
}

TEST_CASE("Lines on their way do not leave", "[cache]") {
  for (const Replacement replacement : {Replacement::lru, Replacement::random}) {
    Tags tags{one_set(2, replacement)};
    tags.insert({0, false, true});
    tags.insert({1});
    CHECK(tags.room_for(2));
    CHECK(tags.insert({2, false, true})->number == 1);
    CHECK_FALSE(tags.room_for(3));
  }
}

TEST_CASE("With random replacement each way of a set leaves about as often", "[cache]") {
  constexpr Address kWays = 8, kTurns = 8000;
  Tags tags{one_set(kWays, Replacement::random)};
  for (Address line = 0; line < kWays; ++line) tags.insert({line});
  std::set<Address> resident;
  double age = 0;  // how many inserts a line lasted: kWays on average whatever leaves
  for (Address line = kWays; line < kTurns; ++line) {
    age += static_cast<double>(line - tags.insert({line})->number);
  }
  CHECK(age / static_cast<double>(kTurns - kWays) == Approx(kWays).epsilon(0.05));
}

TEST_CASE("A loop over twice the capacity never hits with lru, and sometimes at random",
          "[cache]") {
  for (const Replacement replacement : {Replacement::lru, Replacement::random}) {
    constexpr Address kWays = 8;
    Tags tags{one_set(kWays, replacement)};
    int hits = 0;
    for (Address i = 0; i < 200 * kWays; ++i) {
      const Address line = i % (2 * kWays);
      if (tags.find(line)) {
        ++hits;
      } else {
        tags.insert({line});
      }
    }
    CHECK((hits > 0) == (replacement == Replacement::random));
  }
}
