// SPDX-License-Identifier: Apache-2.0
#include "arch/cache/cache.h"

#include <catch2/catch.hpp>

using namespace npulse;
using namespace npulse::arch;

namespace {

CacheParams small() {
  CacheParams params;
  params.capacity = Bytes{1024};
  params.line = Bytes{64};
  params.ways = 2;
  params.hit_cycles = Cycles{10};
  params.bytes_per_cycle = 16;
  return params;
}

/// Addresses of one set.
Address in_set(const CacheParams& params, std::int64_t i) {
  return static_cast<Address>(i * params.capacity.count() / params.ways);
}

}  // namespace

TEST_CASE("A run hits when all of its lines were touched before", "[cache]") {
  Cache cache{small()};
  CHECK_FALSE(cache.read(0, 64));
  CHECK(cache.read(0, 64));
  CHECK(cache.read(63, 1));
  CHECK_FALSE(cache.read(63, 2));  // the second byte lies in the next line
  CHECK(cache.read(0, 128));
}

TEST_CASE("A write brings in only the lines that it covers", "[cache]") {
  Cache cache{small()};
  cache.write(1, 1);
  CHECK_FALSE(cache.read(0, 1));
  cache.write(100, 100);  // the end of line 1, all of line 2, the beginning of line 3
  CHECK(cache.read(128, 64));
  CHECK_FALSE(cache.read(64, 1));
  CHECK_FALSE(cache.read(192, 1));
}

TEST_CASE("The line used longest ago leaves a full set", "[cache]") {
  const CacheParams params = small();
  Cache cache{params};
  for (std::int64_t i = 0; i < params.ways; ++i) cache.read(in_set(params, i), 1);
  CHECK(cache.read(in_set(params, 0), 1));  // now line 1 is the oldest
  CHECK_FALSE(cache.read(in_set(params, params.ways), 1));
  CHECK(cache.read(in_set(params, 0), 1));
  CHECK_FALSE(cache.read(in_set(params, 1), 1));
}

TEST_CASE("Hits leave one behind the other at the cache's rate", "[cache]") {
  const CacheParams params = small();
  Cache cache{params};
  const Cycles each{params.line.count() / params.bytes_per_cycle};
  CHECK(cache.hit(Cycles{100}, 64) == Cycles{100} + each + params.hit_cycles);
  CHECK(cache.hit(Cycles{100}, 64) == Cycles{100} + each * 2 + params.hit_cycles);
}
