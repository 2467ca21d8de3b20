// SPDX-License-Identifier: Apache-2.0
#include "arch/spm/scratchpad.h"

#include <catch2/catch.hpp>

#include "arch/spm/core_memory.h"
#include "sim/core/error.h"
#include "tests/support/random.h"

using namespace npulse;
using namespace npulse::arch;

namespace {

AccessStream dense(std::int64_t bytes, Requester requester = Requester::dma) {
  return {.requester = requester, .bytes = bytes};
}

AccessStream random_stream(test::Random& random) {
  const std::int64_t run = random.between(1, 100);
  return {.requester = static_cast<Requester>(random.between(0, 3)),
          .address = static_cast<Address>(random.between(0, 4096)),
          .bytes = run * random.between(1, 200),
          .run_bytes = run,
          .stride_bytes = random.between(0, 1000),
          .write = random.coin()};
}

}  // namespace

TEST_CASE("A stream that asks for more than all banks move takes bytes over bandwidth",
          "[arch][spm]") {
  Scratchpad spm{SpmParams{}};
  const std::int64_t peak = spm.params().bytes_per_cycle().count();
  REQUIRE(spm.reserve(Cycles{5}, Cycles{10}, dense(100 * peak)) == Cycles{5 + 100});
  REQUIRE(spm.stats().bandwidth_cycles.count() == 100 - 10);
  REQUIRE(spm.stats().bank_conflict_cycles.count() == 0);
}

TEST_CASE("A column walk down one bank moves one word a cycle and is counted as conflicts",
          "[arch][spm]") {
  Scratchpad spm{SpmParams{}};
  const SpmParams& p = spm.params();
  const std::int64_t words = 256, width = p.width.count();
  const AccessStream column{
      .bytes = words * width, .run_bytes = width, .stride_bytes = p.banks * width};
  REQUIRE(spm.reserve(Cycles{0}, Cycles{0}, column) == Cycles{words / p.ports});
  REQUIRE(spm.stats().bank_conflict_cycles.count() == words - words / p.banks);
}

TEST_CASE("Waiting for banks is blamed on their holder", "[arch][spm]") {
  Scratchpad spm{SpmParams{}};
  const std::int64_t peak = spm.params().bytes_per_cycle().count();
  spm.reserve(Cycles{0}, Cycles{640}, dense(640 * peak, Requester::dma));
  const Cycles end = spm.reserve(Cycles{0}, Cycles{64}, dense(64 * peak, Requester::vector));
  REQUIRE(end == Cycles{640 + 64});
  REQUIRE(spm.stats().dma_conflict_cycles.count() == 640);
  REQUIRE(spm.stats().vector_conflict_cycles.count() == 0);
}

TEST_CASE("Bytes counted are bytes asked, in each direction", "[arch][spm]") {
  test::Random random{8};
  Scratchpad spm{SpmParams{}};
  std::int64_t read = 0, written = 0;
  for (int i = 0; i < 500; ++i) {
    const AccessStream stream = random_stream(random);
    (stream.write ? written : read) += stream.bytes;
    spm.reserve(Cycles{i * 50}, Cycles{random.between(0, 300)}, stream);
  }
  REQUIRE(spm.stats().read_bytes.count() == read);
  REQUIRE(spm.stats().write_bytes.count() == written);
}

TEST_CASE("More ports never end a stream later, and no stream beats the peak", "[arch][spm]") {
  test::Random random{9};
  for (int round = 0; round < 50; ++round) {
    SpmParams p;
    p.banks = random.between(1, 20);
    p.ports = random.between(1, 3);
    Scratchpad slow{p};
    p.ports += random.between(1, 3);
    Scratchpad fast{p};
    for (int i = 0; i < 60; ++i) {
      const Cycles start{i * 10}, nominal{random.between(0, 500)};
      const AccessStream stream = random_stream(random);
      const Cycles late = slow.reserve(start, nominal, stream);
      REQUIRE(fast.reserve(start, nominal, stream) <= late);
      REQUIRE(late >= start + nominal);
      const std::int64_t peak = slow.params().bytes_per_cycle().count();
      if (stream.stride_bytes >= stream.run_bytes) {
        REQUIRE(late >= start + Cycles{ceil_div(stream.bytes, peak)});
      }
    }
  }
}

TEST_CASE("Equal calls give equal ends", "[arch][spm]") {
  const auto ends = [] {
    test::Random random{10};
    Scratchpad spm{SpmParams{}};
    std::vector<Cycles> all;
    for (int i = 0; i < 300; ++i) {
      all.push_back(
          spm.reserve(Cycles{i * 20}, Cycles{random.between(0, 300)}, random_stream(random)));
    }
    return all;
  };
  REQUIRE(ends() == ends());
}

TEST_CASE("A core's memory routes by space and takes no access to dram", "[arch][spm]") {
  Scratchpad spm{SpmParams{}}, acc{SpmParams{}}, shared{SpmParams{}};
  CoreMemory memory{spm, acc};
  AccessStream stream = dense(100);
  memory.reserve(Cycles{0}, Cycles{0}, stream);
  stream.space = isa::Space::acc;
  memory.reserve(Cycles{0}, Cycles{0}, stream);
  memory.reserve(Cycles{0}, Cycles{0}, stream);
  REQUIRE(spm.stats().streams.count() == 1);
  REQUIRE(acc.stats().streams.count() == 2);
  stream.space = isa::Space::dram;
  REQUIRE_THROWS_AS(memory.reserve(Cycles{0}, Cycles{0}, stream), InternalError);
  stream.space = isa::Space::shared;
  REQUIRE_THROWS_AS(memory.reserve(Cycles{0}, Cycles{0}, stream), InternalError);
  CoreMemory with_shared{spm, acc, &shared};
  with_shared.reserve(Cycles{0}, Cycles{0}, stream);
  REQUIRE(shared.stats().streams.count() == 1);
}
