// SPDX-License-Identifier: Apache-2.0
// The checker's memory of bytes and events, on their own.
#include "isa/checking/shadow.h"

#include <catch2/catch.hpp>

#include "isa/checking/event_history.h"
#include "tests/support/random.h"

using namespace npulse;
using namespace npulse::isa;
using namespace npulse::isa::checking;

namespace {

constexpr std::size_t kThreads = 3;

Access bytes(Address begin, Address end, bool write) {
  return {Space::spm, 0, write, false, begin, end, end - begin, 0, 1};
}

/// Threads whose instructions are ordered only by what the test joins.
struct Threads {
  std::vector<Clock> clocks{kThreads, Clock{kThreads}};
  Shadow shadow;

  std::optional<Shadow::Race> access(std::size_t thread, const Access& access) {
    clocks[thread].tick(thread);
    const Epoch epoch{
        clocks[thread][thread], static_cast<std::uint32_t>(thread), 0, Opcode::dma, {}, nullptr};
    return shadow.record(access, epoch, clocks[thread]);
  }
  void order(std::size_t before, std::size_t after) { clocks[after].join(clocks[before]); }
};

}  // namespace

TEST_CASE("A write races with what is not ordered before it, on the common bytes",
          "[isa][checker]") {
  Threads t;
  REQUIRE_FALSE(t.access(0, bytes(0, 100, true)));
  const auto race = t.access(1, bytes(60, 200, true));
  REQUIRE(race);
  REQUIRE(race->begin == 60);
  REQUIRE(race->end == 100);
  REQUIRE(race->earlier.thread == 0);
  REQUIRE(race->earlier_wrote);
}

TEST_CASE("Reads do not race with reads, but a write does with each of them", "[isa][checker]") {
  Threads t;
  REQUIRE_FALSE(t.access(0, bytes(0, 100, false)));
  REQUIRE_FALSE(t.access(1, bytes(0, 100, false)));
  t.order(1, 2);
  const auto race = t.access(2, bytes(0, 100, true));
  REQUIRE(race);
  REQUIRE(race->earlier.thread == 0);
  REQUIRE_FALSE(race->earlier_wrote);
}

TEST_CASE("Order is transitive", "[isa][checker]") {
  Threads t;
  t.access(0, bytes(0, 8, true));
  t.order(0, 1);
  t.access(1, bytes(8, 16, true));
  t.order(1, 2);
  REQUIRE_FALSE(t.access(2, bytes(0, 16, true)));
}

TEST_CASE("Only what happened before the order was made is ordered", "[isa][checker]") {
  Threads t;
  t.access(0, bytes(0, 8, true));
  t.order(0, 1);
  t.access(0, bytes(8, 16, true));
  REQUIRE_FALSE(t.access(1, bytes(0, 8, false)));
  REQUIRE(t.access(1, bytes(8, 16, false)));
}

TEST_CASE("Many runs are remembered as exactly as few", "[isa][checker]") {
  const std::uint64_t runs = GENERATE(2, 16, 17, 500);
  Threads t;
  const Access columns{Space::spm, 0, true, false, 0, (runs - 1) * 64 + 16, 16, 64, runs};
  REQUIRE_FALSE(t.access(0, columns));
  REQUIRE_FALSE(t.access(1, bytes(16, 64, true)));
  const Address last = (runs - 1) * 64;
  REQUIRE(t.access(1, bytes(last + 15, last + 16, false)));
  Access beside = columns;
  beside.begin += 16;
  beside.end += 16;
  Threads u;
  u.access(0, columns);
  REQUIRE_FALSE(u.access(1, beside));
}

TEST_CASE("A strided access among many small ones races with the first that it touches",
          "[isa][checker]") {
  test::Random random{32};
  for (int turn = 0; turn < 200; ++turn) {
    Threads t;
    const auto run_bytes = static_cast<std::uint64_t>(random.between(1, 12));
    const auto stride = run_bytes + static_cast<std::uint64_t>(random.between(0, 60));
    const auto runs = static_cast<std::uint64_t>(random.between(2, 40));
    const auto begin = static_cast<Address>(random.between(0, 50));
    const Access columns{Space::spm, 0,      false,
                         false,      begin,  begin + (runs - 1) * stride + run_bytes,
                         run_bytes,  stride, runs};
    std::optional<Address> first;
    Address at = 0;
    while (at < columns.end + 50) {
      const Address size = static_cast<Address>(random.between(1, 20));
      if (random.between(0, 2) == 0) {
        const Access small = bytes(at, at + size, true);
        t.access(0, small);
        if (!first && overlap(small, columns)) first = std::max(at, begin);
      }
      at += size + static_cast<Address>(random.between(0, 30));
    }
    const auto race = t.access(1, columns);
    REQUIRE(race.has_value() == first.has_value());
    if (race) REQUIRE(race->begin == *first);
  }
}

TEST_CASE("After settling nothing races with what came before", "[isa][checker]") {
  Threads t;
  t.access(0, bytes(0, 8, true));
  t.shadow.settle();
  REQUIRE_FALSE(t.access(1, bytes(0, 8, true)));
  REQUIRE_FALSE(t.shadow.unwritten(bytes(0, 8, false)));
}

TEST_CASE("The first unwritten bytes of a range are found", "[isa][checker]") {
  Threads t;
  using Gap = std::pair<Address, Address>;
  REQUIRE(t.shadow.unwritten(bytes(0, 8, false)) == Gap{0, 8});
  t.access(0, bytes(4, 8, true));
  t.access(0, bytes(12, 16, true));
  REQUIRE(t.shadow.unwritten(bytes(0, 16, false)) == Gap{0, 4});
  REQUIRE(t.shadow.unwritten(bytes(4, 16, false)) == Gap{8, 12});
  REQUIRE(t.shadow.unwritten(bytes(5, 10, false)) == Gap{8, 10});
  REQUIRE(t.shadow.unwritten(bytes(13, 20, false)) == Gap{16, 20});
  REQUIRE_FALSE(t.shadow.unwritten(bytes(12, 16, false)));
  t.access(0, bytes(8, 12, true));
  REQUIRE_FALSE(t.shadow.unwritten(bytes(4, 16, false)));
}

TEST_CASE("A race is found exactly when a byte-wise memory finds one", "[isa][checker]") {
  test::Random random{31};
  struct Byte {
    std::map<std::uint32_t, std::uint32_t> reads, writes;  // last tick of each thread
  };
  int races = 0;
  for (int round = 0; round < 300; ++round) {
    Threads t;
    std::map<Address, Byte> memory;
    for (int step = 0; step < 25; ++step) {
      const auto thread = static_cast<std::size_t>(random.between(0, kThreads - 1));
      if (random.coin()) t.order(static_cast<std::size_t>(random.between(0, kThreads - 1)), thread);
      const auto begin = static_cast<Address>(random.between(0, 30));
      const Access access =
          bytes(begin, begin + static_cast<Address>(random.between(1, 10)), random.coin());
      const Clock before = t.clocks[thread];
      bool expected = false;
      for (Address a = access.begin; a < access.end; ++a) {
        const auto unordered = [&](const auto& ticks) {
          return std::any_of(ticks.begin(), ticks.end(), [&](const auto& e) {
            return e.first != thread && before[e.first] < e.second;
          });
        };
        expected =
            expected || unordered(memory[a].writes) || (access.write && unordered(memory[a].reads));
      }
      const bool found = t.access(thread, access).has_value();
      REQUIRE(found == expected);
      if (found) {
        ++races;
        break;  // what follows a race may be hidden by it
      }
      for (Address a = access.begin; a < access.end; ++a) {
        auto& ticks = access.write ? memory[a].writes : memory[a].reads;
        ticks[static_cast<std::uint32_t>(thread)] = t.clocks[thread][thread];
      }
    }
  }
  REQUIRE(races > 100);
}

TEST_CASE("A wait is ordered after the signals up to its count and no more", "[isa][checker]") {
  EventHistory event{16};
  Clock signaller{2};
  for (int i = 0; i < 3; ++i) {
    signaller.tick(0);
    event.signal(2, signaller);
  }
  REQUIRE(event.reached(6));
  REQUIRE_FALSE(event.reached(7));
  const auto ordered_after = [&](std::int64_t count) {
    Clock waiter{2};
    event.order(count, waiter);
    return waiter[0];
  };
  REQUIRE(ordered_after(0) == 0);
  REQUIRE(ordered_after(1) == 1);
  REQUIRE(ordered_after(2) == 1);
  REQUIRE(ordered_after(3) == 2);
  REQUIRE(ordered_after(6) == 3);
  event.settle();
  REQUIRE(ordered_after(6) == 0);
  signaller.tick(0);
  event.signal(1, signaller);
  REQUIRE(ordered_after(7) == 4);
}

TEST_CASE("Counts saturate instead of overflowing", "[isa][checker]") {
  EventHistory event{4};
  const Clock clock{1};
  for (int i = 0; i < 3; ++i) event.signal(std::numeric_limits<std::int64_t>::max() / 2 + 1, clock);
  REQUIRE(event.count() == std::numeric_limits<std::int64_t>::max());
}
