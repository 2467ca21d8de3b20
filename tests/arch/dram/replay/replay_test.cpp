// SPDX-License-Identifier: Apache-2.0
// The driver: closed loop and timed, turns, latencies.
#include "arch/dram/replay/replay.h"

#include <catch2/catch.hpp>

#include "tests/arch/dram/replay/replayed.h"
#include "tests/support/dram_sums.h"

using namespace npulse;
using namespace npulse::dram;
using namespace npulse::test;
using npulse::testing::shipped_part;
using npulse::testing::shipped_parts;

namespace {

constexpr double kTicksToNs = 1e-3;

double ns(const ResolvedPart& part, Cycles ticks) {
  return static_cast<double>(part.clock.time_of(ticks).count()) * kTicksToNs;
}

Pattern from_sources(std::uint64_t count, std::uint32_t sources) {
  return {count, [=](std::uint64_t i) {
            ReplayRequest request = access(i * 32, 32);
            request.source = static_cast<std::uint32_t>(i % sources);
            return request;
          }};
}

}  // namespace

TEST_CASE("A lone read takes front end, row, column, data and back end", "[arch][dram][replay]") {
  for (const auto& name : shipped_parts()) {
    const PartParams params = shipped_part(name);
    const ResolvedPart part{params};
    Pattern pattern{1, [](std::uint64_t i) { return access(i, 32); }};
    const Replayed run = replay(params, one_channel(), pattern);
    const Cycles device = testing::open_time(part, Command::rd) + testing::read_time(part);
    const double least = 20 + ns(part, device);
    INFO(name);
    CHECK(run.result.read_latency.mean_ps() * kTicksToNs >= least);
    // Both ends wait for a tick, HBM3 activates for a rising edge.
    CHECK(run.result.read_latency.mean_ps() * kTicksToNs <= least + ns(part, Cycles{4}));
  }
}

TEST_CASE("Every read has a latency, and writes have none", "[arch][dram][replay]") {
  Pattern pattern{3000, [](std::uint64_t i) { return access(i * 64, 64, i % 3 == 0); }};
  const Replayed run = replay(shipped_part("lpddr5-6400"), one_channel(), pattern);
  CHECK(run.result.requests == 3000);
  CHECK(run.result.reads == 2000);
  CHECK(run.result.read_latency.count() == 2000);
  CHECK(run.counts.bursts() == 6000);
}

TEST_CASE("A closed loop keeps the memory busy from any number of sources",
          "[arch][dram][replay]") {
  for (const std::uint32_t sources : {1u, 2u, 7u, 100u}) {
    Pattern pattern = from_sources(50'000, sources);
    const Replayed run = replay(shipped_part("lpddr5-6400"), one_channel(), pattern);
    INFO(sources << " sources");
    CHECK(run.result.sources == sources);
    CHECK(run.share(TimeUse::data) > 0.89);
    CHECK(run.share(TimeUse::starvation) < 0.001);
  }
}

TEST_CASE("A source that is refused does not hold up the others", "[arch][dram][replay]") {
  // Source 0 wants new rows of one bank of channel 0, source 1 streams from channel 1.
  PartParams part = without_refresh(shipped_part("lpddr5-6400"));
  MemoryParams params = plain_map();
  params.channels = 2;
  const Address rows = static_cast<Address>(2 * part.organisation.row_bytes * 16);
  Pattern pattern{2000, [&](std::uint64_t i) {
                    ReplayRequest request =
                        i % 2 == 0 ? access(i / 2 * rows, 32) : access(i / 2 * 512 + 256, 32);
                    request.source = static_cast<std::uint32_t>(i % 2);
                    return request;
                  }};
  std::uint64_t slow_only = 0;
  Pattern slow{1000, [&](std::uint64_t) { return access(slow_only++ * rows, 32); }};
  const Replayed both = replay(part, params, pattern);
  const Replayed alone = replay(part, params, slow);
  CHECK(both.end == alone.end);
}

TEST_CASE("In a timed replay a request waits until it is due", "[arch][dram][replay]") {
  constexpr Picoseconds kLast{123'456'789};
  Pattern pattern{2, [&](std::uint64_t i) {
                    return access(i * 32, 32, false, i == 0 ? Picoseconds{0} : kLast);
                  }};
  const PartParams params = shipped_part("lpddr5-6400");
  const Replayed run = replay(params, one_channel(), pattern, true);
  const ResolvedPart part{params};
  CHECK(part.clock.time_of(run.end) > kLast);
  CHECK(part.clock.time_of(run.end) < kLast + Picoseconds{600'000});
}

TEST_CASE("A timed replay that is too fast is as fast as the closed loop", "[arch][dram][replay]") {
  const PartParams part = shipped_part("hbm3-6400");
  Pattern closed = from_sources(20'000, 1), timed = from_sources(20'000, 1);
  const Replayed a = replay(part, one_channel(), closed);
  const Replayed b = replay(part, one_channel(), timed, true);
  CHECK(static_cast<double>(a.end.count()) ==
        Approx(static_cast<double>(b.end.count())).epsilon(0.001));
  // There the latency counts from when a request was due.
  CHECK(b.result.read_latency.mean_ps() > 10 * a.result.read_latency.mean_ps());
}

TEST_CASE("A replay does not depend on when it is looked at", "[arch][dram][replay]") {
  for (const auto& name : shipped_parts()) {
    Pattern first = from_sources(5000, 3), second = from_sources(5000, 3);
    const Replayed a = replay(shipped_part(name), one_channel(), first);
    const Replayed b = replay(shipped_part(name), one_channel(), second);
    CHECK(a.end == b.end);
    CHECK(a.counts == b.counts);
    CHECK(a.result.read_latency.mean_ps() == b.result.read_latency.mean_ps());
  }
}

TEST_CASE("A controller without a front end, and one with the least queues, still finish",
          "[arch][dram][replay]") {
  MemoryParams params = one_channel();
  params.controller.front_end_ns = GENERATE(0.0, 10.0);
  params.controller.queue_bursts = 1;
  params.controller.backlog_bursts = 1;
  Pattern pattern = from_sources(2000, 2);
  const Replayed run = replay(shipped_part("hbm3-6400"), params, pattern);
  CHECK(run.result.requests == 2000);
  CHECK(run.result.read_latency.count() == 2000);
}

TEST_CASE("An empty stream is done at once", "[arch][dram][replay]") {
  Pattern nothing{0, [](std::uint64_t) { return ReplayRequest{}; }};
  const Replayed run = replay(shipped_part("lpddr5-6400"), one_channel(), nothing);
  CHECK(run.result.requests == 0);
  CHECK(run.end == Cycles{0});
}
