// SPDX-License-Identifier: Apache-2.0
#include "arch/spm/bank_use.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <numeric>
#include <vector>

#include "tests/support/random.h"

using namespace npulse;
using arch::AccessStream;
using arch::SpmParams;

namespace {

struct Counted {
  std::int64_t accesses = 0, busiest = 0;
};

/// Every word of every run, access by access.
Counted count_accesses(const SpmParams& p, const AccessStream& s) {
  std::vector<std::int64_t> load(static_cast<std::size_t>(p.banks));
  const std::int64_t run = s.run_bytes ? s.run_bytes : s.bytes;
  for (std::int64_t i = 0; i * run < s.bytes; ++i) {
    const std::int64_t first = static_cast<std::int64_t>(s.address) + i * s.stride_bytes;
    for (std::int64_t word = first / p.width.count(); word * p.width.count() < first + run;
         ++word) {
      ++load[static_cast<std::size_t>(word % p.banks)];
    }
  }
  return {std::accumulate(load.begin(), load.end(), std::int64_t{0}),
          *std::max_element(load.begin(), load.end())};
}

struct Case {
  SpmParams params;
  AccessStream stream;
  std::int64_t period_runs;
};

Case random_case(test::Random& random) {
  Case c;
  c.params.banks = random.between(1, 12);
  c.params.width = Bytes{random.between(1, 12)};
  const std::int64_t row = c.params.banks * c.params.width.count();
  c.stream.address = static_cast<Address>(random.between(0, 300));
  c.stream.run_bytes = random.between(1, 2 * row);
  c.stream.stride_bytes = random.between(0, 3 * row);
  c.period_runs = row / std::gcd(row, c.stream.stride_bytes);
  return c;
}

}  // namespace

TEST_CASE("A dense stream touches each word once and all banks evenly", "[arch][spm]") {
  test::Random random{1};
  for (int i = 0; i < 2000; ++i) {
    Case c = random_case(random);
    c.stream.bytes = random.between(1, 2000);
    if (random.coin()) c.stream.run_bytes = 0;
    c.stream.stride_bytes = c.stream.run_bytes;
    const auto use = arch::bank_use(c.params, c.stream);
    c.stream.run_bytes = 0;
    const Counted counted = count_accesses(c.params, c.stream);
    REQUIRE(use.accesses == counted.accesses);
    REQUIRE(use.busiest == counted.busiest);
  }
}

TEST_CASE("Whole periods of any run and stride match an access-by-access count", "[arch][spm]") {
  test::Random random{2};
  for (int i = 0; i < 5000; ++i) {
    Case c = random_case(random);
    if (c.stream.stride_bytes == c.stream.run_bytes) continue;
    c.stream.bytes = random.between(2, 3) * c.period_runs * c.stream.run_bytes;
    const auto use = arch::bank_use(c.params, c.stream);
    const Counted counted = count_accesses(c.params, c.stream);
    CAPTURE(c.params.banks, c.params.width.count(), c.stream.address, c.stream.run_bytes,
            c.stream.stride_bytes);
    REQUIRE(use.accesses == counted.accesses);
    REQUIRE(use.busiest == counted.busiest);
  }
}

TEST_CASE("The rest of a period is never counted too low, nor by more than one period too high",
          "[arch][spm]") {
  test::Random random{3};
  for (int i = 0; i < 5000; ++i) {
    Case c = random_case(random);
    if (c.stream.stride_bytes == c.stream.run_bytes) continue;
    c.stream.bytes = random.between(2, 3 * c.period_runs) * c.stream.run_bytes;
    const std::int64_t busiest = arch::bank_use(c.params, c.stream).busiest;
    AccessStream period = c.stream;
    period.bytes = 2 * c.period_runs * c.stream.run_bytes;
    REQUIRE(busiest >= count_accesses(c.params, c.stream).busiest);
    REQUIRE(2 * (busiest - count_accesses(c.params, c.stream).busiest) <=
            count_accesses(c.params, period).busiest);
  }
}

TEST_CASE("A stride of all banks conflicts in full, one word more not at all", "[arch][spm]") {
  SpmParams p;
  const std::int64_t width = p.width.count(), row = p.banks * width;
  AccessStream column{.bytes = 64 * width, .run_bytes = width, .stride_bytes = row};
  REQUIRE(arch::bank_use(p, column).busiest == 64);
  column.stride_bytes = row + width;
  REQUIRE(arch::bank_use(p, column).busiest == 64 / p.banks);
}
