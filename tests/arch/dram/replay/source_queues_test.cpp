// SPDX-License-Identifier: Apache-2.0
// Reading ahead: order within a source, bounded memory.
#include "arch/dram/replay/source_queues.h"

#include <catch2/catch.hpp>

#include "tests/arch/dram/replay/replayed.h"

using namespace npulse;
using namespace npulse::dram;
using namespace npulse::test;

TEST_CASE("Every source gives its requests in their order", "[arch][dram][replay]") {
  Pattern pattern{30'000, [](std::uint64_t i) {
                    ReplayRequest request = access(i, 1);
                    request.source = static_cast<std::uint32_t>(4000 - i % 3);
                    return request;
                  }};
  SourceQueues queues{pattern};
  REQUIRE(queues.size() == 3);
  for (std::uint64_t i = 0; i < 30'000; ++i) {
    REQUIRE_FALSE(queues.empty(i % 3));
    REQUIRE(queues.front(i % 3).transaction.address == i);
    queues.pop(i % 3);
  }
  CHECK(queues.empty());
}

TEST_CASE("A source far behind the others is not read to", "[arch][dram][replay]") {
  std::uint64_t read = 0;
  Pattern pattern{1'000'000, [&](std::uint64_t i) {
                    read = i + 1;
                    ReplayRequest request = access(i, 1);
                    request.source = i == 999'999 ? 1 : 0;
                    return request;
                  }};
  SourceQueues queues{pattern};
  CHECK(queues.size() == 1);
  CHECK(read < 10'000);
}
