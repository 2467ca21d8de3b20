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
  params.misses = 2;
  params.hit_cycles = Cycles{10};
  params.access_cycles = Cycles{3};
  params.bytes_per_cycle = 16;
  return params;
}

/// A memory that answers after kLatency, and a log of what was asked of it.
class Memory : public CacheBacking {
 public:
  static constexpr Cycles kLatency{100};
  struct Order {
    Address address;
    Cycles at;
  };

  void fetch(Address address, std::int64_t, Cycles at) override {
    fetches.push_back({address, at});
  }
  void write_back(Address address, std::int64_t, Cycles at) override {
    write_backs.push_back({address, at});
  }

  std::vector<Order> fetches, write_backs;
};

/// Drives a cache over such a memory, cycle by cycle.
struct Bench {
  explicit Bench(const CacheParams& params) : cache{params, memory} {}

  /// When each request is answered.
  std::map<Cache::RequestId, Cycles> run() {
    std::map<Cache::RequestId, Cycles> answered;
    for (; !cache.idle(); ++now) {
      for (; filled < memory.fetches.size() && memory.fetches[filled].at + Memory::kLatency <= now;
           ++filled) {
        cache.filled(now, memory.fetches[filled].address);
      }
      cache.step(now);
      while (const auto id = cache.take_answered(now)) answered[*id] = now;
    }
    for (const Cycles end = now + Cycles{200}; now < end; ++now) {
      while (const auto id = cache.take_answered(now)) answered[*id] = now;
    }
    return answered;
  }

  void read(Cache::RequestId id, Address address, std::int64_t bytes = 64) {
    cache.request(now, id, address, bytes, false);
  }
  void write(Cache::RequestId id, Address address, std::int64_t bytes = 64) {
    cache.request(now, id, address, bytes, true);
  }

  Memory memory;
  Cache cache;
  Cycles now{};
  std::size_t filled = 0;
};

Cycles data(const CacheParams& params, std::int64_t bytes) {
  return Cycles{ceil_div(bytes, params.bytes_per_cycle)};
}

/// Addresses of one set.
Address in_set(const CacheParams& params, std::int64_t i) {
  return static_cast<Address>(i * params.capacity.count() / params.ways);
}

}  // namespace

TEST_CASE("A miss takes the tags, the memory, the line and the way out", "[cache]") {
  const CacheParams params = small();
  Bench bench{params};
  bench.read(0, 0);
  CHECK(bench.run()[0] ==
        params.access_cycles + Memory::kLatency + data(params, 64) + params.hit_cycles);
  CHECK(bench.cache.counts().misses == 1);
}

TEST_CASE("Hits leave one behind the other at the cache's rate", "[cache]") {
  const CacheParams params = small();
  Bench bench{params};
  bench.read(0, 0);
  bench.run();
  const Cycles start = bench.now, each = params.access_cycles + data(params, 32);
  for (Cache::RequestId id = 1; id <= 3; ++id) bench.read(id, 0, 32);
  auto answered = bench.run();
  for (Cache::RequestId id = 1; id <= 3; ++id) {
    CHECK(answered[id] == start + each * id + params.hit_cycles);
  }
}

TEST_CASE("A request over several lines is answered with its last", "[cache]") {
  Bench bench{small()};
  bench.read(0, 32, 64);
  bench.run();
  REQUIRE(bench.memory.fetches.size() == 2);
  CHECK(bench.memory.fetches[0].address == 0);
  CHECK(bench.memory.fetches[1].address == 64);
}

TEST_CASE("Only so many lines are on their way at a time", "[cache]") {
  const CacheParams params = small();
  Bench bench{params};
  for (Cache::RequestId id = 0; id < 3; ++id) bench.read(id, id * 64);
  bench.run();
  REQUIRE(bench.memory.fetches.size() == 3);
  CHECK(bench.memory.fetches[1].at < Memory::kLatency);
  CHECK(bench.memory.fetches[2].at >= bench.memory.fetches[0].at + Memory::kLatency);
}

TEST_CASE("A line on its way is asked for once, and holds up others only if so set", "[cache]") {
  for (const bool waits : {false, true}) {
    CacheParams params = small();
    params.waits_for_line = waits;
    Bench bench{params};
    bench.read(0, 0, 32);
    bench.read(1, 32, 32);
    bench.read(2, 64);
    bench.run();
    REQUIRE(bench.memory.fetches.size() == 2);
    CHECK((bench.memory.fetches[1].at >= Memory::kLatency) == waits);
  }
}

TEST_CASE("A line written whole is not fetched, one written in part is", "[cache]") {
  Bench bench{small()};
  bench.write(0, 0);
  bench.write(1, 64, 16);
  bench.run();
  REQUIRE(bench.memory.fetches.size() == 1);
  CHECK(bench.memory.fetches[0].address == 64);
  CHECK(bench.memory.write_backs.empty());
}

TEST_CASE("Written lines go back to the memory when they leave, others do not", "[cache]") {
  const CacheParams params = small();
  Bench bench{params};
  bench.write(0, in_set(params, 0));
  bench.read(1, in_set(params, 1));
  bench.run();
  bench.read(2, in_set(params, 2));  // takes the place of 0
  bench.run();
  bench.read(3, in_set(params, 3));  // takes the place of 1
  bench.run();
  REQUIRE(bench.memory.write_backs.size() == 1);
  CHECK(bench.memory.write_backs[0].address == in_set(params, 0));
  CHECK(bench.cache.counts().write_backs == 1);
}

TEST_CASE("A warm cache begins with what is touched first, as far as it has room", "[cache]") {
  CacheParams params = small();
  params.warm = true;
  Bench bench{params};
  const auto lines = static_cast<Cache::RequestId>(params.capacity.count() / params.line.count());
  for (Cache::RequestId id = 0; id < lines; ++id) bench.read(id, id * 64);
  bench.run();
  CHECK(bench.memory.fetches.empty());
  bench.read(0, lines * 64);
  bench.run();
  CHECK(bench.memory.fetches.size() == 1);
}
