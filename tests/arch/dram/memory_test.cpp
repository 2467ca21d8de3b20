// SPDX-License-Identifier: Apache-2.0
#include "arch/dram/memory.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <random>

#include "sim/core/error.h"
#include "tests/support/dram_sums.h"
#include "tests/support/dram_traffic.h"
#include "tests/support/expected_bytes.h"

using namespace npulse;
using namespace npulse::dram;
using namespace npulse::testing;

namespace {

MemoryParams memory_of(std::int64_t channels, ControllerParams controller = {}) {
  MemoryParams params;
  params.channels = channels;
  params.controller = controller;
  return params;
}

/// The same, command by command.
MemoryParams exactly(MemoryParams params) {
  params.engine = MemoryEngine::reference;
  return params;
}

struct Completion {
  TransactionId id;
  Picoseconds at;
  bool operator==(const Completion&) const = default;
};

/// Runs until idle, waking as asked, and `extra` times in between.
std::vector<Completion> finish(Memory& memory, int extra = 0) {
  std::vector<Completion> done;
  Picoseconds now{0};
  while (!memory.idle()) {
    const Picoseconds wake = std::min(memory.next_advance(), memory.next_completion());
    const Picoseconds step{(wake - now).count() / (extra + 1)};
    for (int i = 0; i < extra; ++i) memory.advance(now += step);
    now = std::max(now, wake);
    memory.advance(now);
    while (const auto id = memory.take_completed(now)) done.push_back({*id, now});
  }
  return done;
}

/// Rows that a read of the first MiB opens.
double rows_opened(MemoryParams params, const PartParams& part, std::int64_t bytes) {
  Memory memory{part, params};
  Picoseconds now{0};
  const auto step = [&] {
    now = std::max(now, std::min(memory.next_advance(), memory.next_completion()));
    memory.advance(now);
    while (memory.take_completed(now)) {
    }
  };
  for (std::int64_t at = 0; at < 1 << 20; at += bytes) {
    while (!memory.offer(now, {static_cast<Address>(at), Bytes{bytes}, false}, now)) step();
  }
  while (!memory.idle()) step();
  return static_cast<double>(memory.total_counts().of(Command::act));
}

Picoseconds ps(double ns) {
  return Picoseconds{std::llround(ns * 1000)};
}

}  // namespace

TEST_CASE("An unloaded read takes front end, device and back end", "[arch][dram]") {
  for (const auto& name : shipped_parts()) {
    for (const double front : {0.0, 10.0}) {
      ControllerParams controller;
      controller.front_end_ns = front;
      Memory memory{shipped_part(name), exactly(memory_of(4, controller))};
      const ResolvedPart& part = memory.part();
      const Cycles device = open_time(part, Command::rd) + read_time(part);
      // The controller's clock samples the request at its next edge.
      Cycles begin = part.clock.first_at_or_after(ps(front));
      if (begin.count() % part.ticks_per_clock.count()) ++begin;
      REQUIRE(memory.offer({}, {0, Bytes{32}, false}, {}));
      const auto done = finish(memory);
      INFO(name << ", front end " << front << " ns");
      REQUIRE(done.size() == 1);
      REQUIRE(done[0].at == part.clock.time_of(begin + device) + ps(controller.back_end_ns));
      REQUIRE(memory.idle());
    }
  }
}

TEST_CASE("Bytes asked for are bytes served", "[arch][dram]") {
  std::mt19937_64 random{8};
  for (const auto& name : shipped_parts()) {
    const PartParams part = shipped_part(name);
    Memory memory{part, memory_of(3)};
    ExpectedBytes expected;
    std::size_t taken = 0;
    for (; taken < 200; ++taken) {
      const Transaction t{random() % (1u << 24),
                          Bytes{static_cast<std::int64_t>(1 + random() % 4096)}, random() % 2 == 0};
      if (!memory.offer({}, t, {})) break;
      expected.add(t, part);
    }
    const auto done = finish(memory);
    INFO(name);
    REQUIRE(done.size() == taken);
    REQUIRE(expected.difference(memory.total_traffic(), memory.total_counts(), part) == "");
  }
}

TEST_CASE("Where the standard has masks, a part of a burst is written without reading it",
          "[arch][dram]") {
  for (const auto& name : {"lpddr5-6400", "ddr5-4800"}) {
    Memory memory{shipped_part(name), exactly(memory_of(1))};
    const Address burst = static_cast<Address>(memory.part().organisation.burst_bytes());
    const auto bytes = static_cast<std::int64_t>(3 * burst);
    REQUIRE(memory.offer({}, {8, Bytes{bytes}, true}, {}));  // ragged at both ends
    REQUIRE(memory.offer({}, {16 * burst, Bytes{bytes}, true}, {}));
    finish(memory);
    const ChannelCounts counts = memory.total_counts();
    const bool command = memory.part().params.partial_write == PartialWrite::masked_write;
    INFO(name);
    REQUIRE(memory.total_traffic().merge_bursts == 0);
    REQUIRE(counts.reads() == 0);
    REQUIRE(counts.writes() == 4 + 3);
    REQUIRE(counts.of(Command::mwr) == (command ? 2 : 0));
  }
}

TEST_CASE("A part of a burst is written by reading, merging and writing it", "[arch][dram]") {
  Memory memory{shipped_part("hbm3-6400"), memory_of(1)};
  REQUIRE(memory.offer({}, {8, Bytes{8}, true}, {}));
  finish(memory);
  REQUIRE(memory.total_traffic().merge_bursts == 1);
  REQUIRE(memory.total_counts().of(Command::rd) == 1);
  REQUIRE(memory.total_counts().of(Command::wr) == 1);
}

TEST_CASE("Partial writes go together, not one behind another", "[arch][dram]") {
  for (const auto& name : shipped_parts()) {
    Picoseconds ends[2];
    std::int64_t bursts[2];
    for (const Address stride : {512, 478}) {  // a whole number of bursts, and not
      const bool ragged = stride == 478;
      ControllerParams controller;
      controller.backlog_bursts = 1 << 20;
      controller.write_response = WriteResponse::written;
      Memory memory{shipped_part(name), memory_of(1, controller)};
      for (Address i = 0; i < 400; ++i) {
        REQUIRE(memory.offer({}, {i * stride, Bytes{64}, true}, {}));
      }
      ends[ragged] = finish(memory).back().at;
      bursts[ragged] = memory.total_counts().bursts();
    }
    INFO(name << ": " << ends[0].count() << " and " << ends[1].count() << " ps");
    const double more = static_cast<double>(bursts[1]) / static_cast<double>(bursts[0]);
    const double longer =
        static_cast<double>(ends[1].count()) / static_cast<double>(ends[0].count());
    // The rest are turnarounds, one for each batch of either direction.
    CHECK(longer < 1.6 * more);
  }
}

TEST_CASE("Extra wake-ups change nothing, with and without a front end", "[arch][dram]") {
  for (const auto& name : shipped_parts()) {
    for (const double front : {0.0, 3.3, 10.0}) {
      std::vector<Completion> first;
      for (const int extra : {0, 3}) {
        ControllerParams controller;
        controller.front_end_ns = front;
        controller.backlog_bursts = 1 << 20;
        Memory memory{shipped_part(name), memory_of(4, controller)};
        std::mt19937_64 random{2};
        for (int i = 0; i < 300; ++i) {
          const Transaction t{random() % (1u << 22) / 32 * 32, Bytes{512}, random() % 4 == 0};
          REQUIRE(memory.offer({}, t, Picoseconds{i * 7001}));
        }
        const auto done = finish(memory, extra);
        if (first.empty()) first = done;
        INFO(name << ", front end " << front << " ns, " << extra << " extra");
        REQUIRE(done.size() == 300);
        REQUIRE(done == first);
      }
    }
  }
}

TEST_CASE("A wake-up a front-end latency is enough for all channels", "[arch][dram]") {
  ControllerParams controller;
  controller.backlog_bursts = 1 << 20;
  Memory memory{shipped_part("lpddr5x-8533"), memory_of(32, controller)};
  for (Address i = 0; i < 512; ++i) REQUIRE(memory.offer({}, {i * 4096, Bytes{4096}, false}, {}));
  int advances = 0;
  Picoseconds now{0};
  while (memory.next_advance() != kEndOfTime) {
    now = std::max(now, memory.next_advance());
    memory.advance(now);
    ++advances;
  }
  REQUIRE(memory.total_counts().bursts() == 512 * 128);
  REQUIRE(Picoseconds{advances * ps(controller.front_end_ns).count()} <= now + ps(20));
}

TEST_CASE("Transactions done at the same time complete in order of arrival", "[arch][dram]") {
  Memory memory{shipped_part("lpddr5-6400"), memory_of(8)};
  // One in each channel, last channel first: all take as long.
  for (int c = 7; c >= 0; --c) {
    REQUIRE(memory.offer({}, {static_cast<Address>(c) * 256, Bytes{32}, false}, {}));
  }
  const auto done = finish(memory);
  REQUIRE(done.size() == 8);
  for (TransactionId i = 0; i < 8; ++i) {
    REQUIRE(done[i].id == i);
    REQUIRE(done[i].at == done[0].at);
  }
}

TEST_CASE("An idle memory is refreshed too", "[arch][dram]") {
  Memory memory{shipped_part("hbm3-6400"), memory_of(2)};
  REQUIRE(memory.idle());
  const Picoseconds end{100'000'000};
  memory.settle(end);
  const std::int64_t each = memory.part().clock.first_at_or_after(end) / memory.part().t_refi;
  REQUIRE(memory.total_counts().of(Command::refab) == 2 * 2 * each);
  REQUIRE(memory.idle());
}

TEST_CASE("A transaction beyond the memory is refused in words", "[arch][dram]") {
  Memory memory{shipped_part("hbm3-6400"), memory_of(1)};
  const auto size = static_cast<Address>(memory.capacity().count());
  REQUIRE_NOTHROW(memory.offer({}, {size - 64, Bytes{64}, false}, {}));
  REQUIRE_THROWS_WITH(memory.offer({}, {size - 64, Bytes{65}, false}, {}),
                      Catch::Contains("65 bytes at 0x3fffffc0 lie beyond its 1073741824 bytes"));
}

TEST_CASE("Any part runs with any number of channels", "[arch][dram]") {
  for (const auto& name : shipped_parts()) {
    for (const std::int64_t channels : {1, 2, 6, 7, 64, 128}) {
      Memory memory{shipped_part(name), memory_of(channels)};
      for (Address i = 0; i < 32; ++i) {
        if (!memory.offer({}, {i * 8192, Bytes{4096}, i % 4 == 0}, {})) break;
      }
      const std::size_t taken = memory.in_flight();
      INFO(name << ", " << channels << " channels");
      REQUIRE(taken > 0);
      REQUIRE(finish(memory).size() == taken);
    }
  }
}

TEST_CASE("Large transactions open each row once, as small ones do", "[arch][dram]") {
  for (const auto& name : shipped_parts()) {
    const PartParams part = shipped_part(name);
    for (const std::int64_t channels : {1, 2}) {
      const MemoryParams params = memory_of(channels);
      const double reference = rows_opened(exactly(params), part, 4096);
      INFO(name << ", " << channels << " channels");
      for (const std::int64_t bytes : {4096, 65536}) {
        CHECK(rows_opened(params, part, bytes) == Approx(reference).epsilon(0.1));
      }
    }
  }
}
