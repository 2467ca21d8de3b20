// SPDX-License-Identifier: Apache-2.0
// The scratchpad's reservations against a memory simulated access by access.
#include <algorithm>
#include <catch2/catch.hpp>
#include <cstdlib>

#include "arch/spm/scratchpad.h"
#include "tests/support/banked_memory.h"
#include "tests/support/random.h"

using namespace npulse;
using namespace npulse::arch;

namespace {

SpmParams random_memory(test::Random& random) {
  SpmParams p;
  p.banks = random.between(1, 24);
  p.width = Bytes{random.between(1, 16)};
  p.ports = random.between(1, 3);
  p.window = Cycles{random.between(16, 64)};
  return p;
}

AccessStream random_stream(test::Random& random, const SpmParams& p) {
  const std::int64_t width = p.width.count(), row = p.banks * width;
  AccessStream s{.requester = static_cast<Requester>(random.between(0, 3)),
                 .address = static_cast<Address>(random.between(0, 3 * row))};
  s.run_bytes = random.between(1, 2 * row);
  s.bytes = random.between(1, 40 * row);
  switch (random.between(0, 3)) {
    case 0:
      s.stride_bytes = s.run_bytes;
      break;  // dense
    case 1:
      s.stride_bytes = random.between(0, 3 * row);
      break;  // anything
    case 2:
      s.stride_bytes = random.between(1, 2 * p.banks) * width;
      break;  // words
    default:  // a column
      s.run_bytes = width;
      s.bytes = random.between(1, 200) * width;
      s.stride_bytes = random.between(1, 3) * row;
  }
  return s;
}

}  // namespace

TEST_CASE("A stream alone, offered at once, ends with its access-by-access simulation",
          "[arch][spm]") {
  test::Random random{31};
  for (int i = 0; i < 3000; ++i) {
    const SpmParams p = random_memory(random);
    const AccessStream s = random_stream(random, p);
    const Cycles start{random.between(0, 500)};
    REQUIRE(Scratchpad{p}.reserve(start, Cycles{0}, s) ==
            test::BankedMemory{p}.reserve(start, Cycles{0}, s));
  }
}

TEST_CASE("A stream alone at its own rate ends with it, but for a burst on one bank",
          "[arch][spm]") {
  // Where a stride is a row of banks and a byte, `width` runs in a row fall on one bank: the last
  // of them queue for up to as many cycles, which a mean over the stream does not see. Two more for
  // rows begun and not filled.
  test::Random random{32};
  for (int i = 0; i < 3000; ++i) {
    const SpmParams p = random_memory(random);
    const AccessStream s = random_stream(random, p);
    const Cycles nominal{random.between(1, 400)};
    const Cycles end = Scratchpad{p}.reserve(Cycles{0}, nominal, s);
    const Cycles simulated = test::BankedMemory{p}.reserve(Cycles{0}, nominal, s);
    REQUIRE(end <= simulated);
    REQUIRE(end + Cycles{p.width.count() + 2} >= simulated);
  }
}

TEST_CASE("Overlapping streams end within 1 % of the simulation, each within three windows",
          "[arch][spm]") {
  test::Random random{33};
  for (const int streams : {2, 4, 8, 16}) {
    std::int64_t error = 0, time = 0;
    for (int round = 0; round < 400; ++round) {
      const SpmParams p = random_memory(random);
      Scratchpad spm{p};
      test::BankedMemory simulation{p};
      Cycles start{0};
      for (int i = 0; i < streams; ++i) {
        start += Cycles{random.between(0, 60)};
        const Cycles nominal{random.between(0, 400)};
        const AccessStream s = random_stream(random, p);
        const Cycles simulated = simulation.reserve(start, nominal, s);
        const std::int64_t off = std::abs((spm.reserve(start, nominal, s) - simulated).count());
        REQUIRE(off <= 3 * p.window.count());
        error += off;
        time += (simulated - start).count();
      }
    }
    CAPTURE(streams);
    REQUIRE(100 * error <= time);
  }
}

TEST_CASE("Columns on one bank wait for each other, on different banks they do not",
          "[arch][spm]") {
  const SpmParams p;
  const std::int64_t words = 20 * p.window.count(), row = p.banks * p.width.count();
  AccessStream column{
      .bytes = words * p.width.count(), .run_bytes = p.width.count(), .stride_bytes = row};
  Scratchpad spm{p};
  const Cycles alone = spm.reserve(Cycles{0}, Cycles{0}, column);
  REQUIRE(alone == Cycles{words / p.ports});
  REQUIRE(spm.reserve(Cycles{0}, Cycles{0}, column) == alone + alone);
  column.address += static_cast<Address>(p.width.count());
  REQUIRE(spm.reserve(Cycles{0}, Cycles{0}, column) == alone);
  REQUIRE(spm.stats().dma_conflict_cycles.count() == alone.count());
}

TEST_CASE("A dense stream waits at the bank that a column holds, one beside it does not",
          "[arch][spm]") {
  const SpmParams p;
  const std::int64_t words = 20 * p.window.count(), width = p.width.count();
  const AccessStream column{
      .bytes = words * width, .run_bytes = width, .stride_bytes = p.banks * width};
  Scratchpad spm{p};
  const Cycles held_until = spm.reserve(Cycles{0}, Cycles{0}, column);
  const AccessStream dense{.requester = Requester::matrix, .bytes = 10 * p.banks * width};
  REQUIRE(spm.reserve(Cycles{0}, Cycles{0}, dense) == held_until + Cycles{10 / p.ports});
  const AccessStream beside{.address = static_cast<Address>(width), .bytes = (p.banks - 1) * width};
  REQUIRE(spm.reserve(Cycles{0}, Cycles{0}, beside) == Cycles{1});
}
