// SPDX-License-Identifier: Apache-2.0
#include "arch/spm/bank_use.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <numeric>
#include <vector>

#include "tests/support/banked_memory.h"
#include "tests/support/random.h"

using namespace npulse;
using arch::AccessStream;
using arch::SpmParams;

namespace {

struct Counted {
  std::int64_t accesses = 0, busiest = 0;
  std::vector<std::int64_t> loads;
};

Counted count_accesses(const SpmParams& p, const AccessStream& s) {
  Counted counted;
  counted.loads.resize(static_cast<std::size_t>(p.banks));
  for (const std::int64_t bank : test::banks_in_order(p, s)) {
    ++counted.accesses;
    ++counted.loads[static_cast<std::size_t>(bank)];
  }
  counted.busiest = *std::max_element(counted.loads.begin(), counted.loads.end());
  return counted;
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

TEST_CASE("Any run and stride match an access-by-access count, bank by bank", "[arch][spm]") {
  test::Random random{2};
  int uneven = 0;
  for (int i = 0; i < 20000; ++i) {
    Case c = random_case(random);
    if (c.stream.stride_bytes == c.stream.run_bytes) continue;
    c.stream.bytes =
        random.between(c.stream.run_bytes + 1, 4 * c.period_runs * c.stream.run_bytes + 1);
    if (random.coin()) c.stream.stride_bytes = -c.stream.stride_bytes;
    c.stream.address += static_cast<Address>(c.stream.bytes * 4 * c.params.banks * 12);
    const auto use = arch::bank_use(c.params, c.stream);
    const Counted counted = count_accesses(c.params, c.stream);
    CAPTURE(c.params.banks, c.params.width.count(), c.stream.address, c.stream.run_bytes,
            c.stream.stride_bytes, c.stream.bytes);
    REQUIRE(use.accesses == counted.accesses);
    REQUIRE(use.busiest == counted.busiest);
    REQUIRE(use.loads.empty() == (use.busiest == ceil_div(use.accesses, c.params.banks)));
    if (use.loads.empty()) continue;
    ++uneven;
    REQUIRE(use.loads == counted.loads);
  }
  REQUIRE(uneven > 1000);
}

TEST_CASE("A stride of all banks conflicts in full, one word more not at all", "[arch][spm]") {
  SpmParams p;
  const std::int64_t width = p.width.count(), row = p.banks * width;
  AccessStream column{.bytes = 64 * width, .run_bytes = width, .stride_bytes = row};
  REQUIRE(arch::bank_use(p, column).busiest == 64);
  column.stride_bytes = row + width;
  REQUIRE(arch::bank_use(p, column).busiest == 64 / p.banks);
}
