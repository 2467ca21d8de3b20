// SPDX-License-Identifier: Apache-2.0
// Where the time went, whatever the controller does: the uses add up, and none is told that cannot
// have been.
#include <catch2/catch.hpp>

#include "tests/arch/dram/replay/replayed.h"
#include "tests/support/random.h"

using namespace npulse;
using namespace npulse::dram;
using namespace npulse::test;
using npulse::testing::shipped_part;
using npulse::testing::shipped_variants;

namespace {

ControllerParams random_controller(Random& random, const ResolvedPart& part) {
  ControllerParams c;
  c.queue_bursts = random.between(1, 96);
  c.backlog_bursts = random.between(1, 200);
  c.scheduler = random.between(0, 3) == 0 ? Scheduler::fcfs : Scheduler::frfcfs;
  if (random.coin()) c.row_hit_cap = random.between(1, 12);
  c.page_policy = static_cast<PagePolicy>(random.between(0, 2));
  c.refresh = static_cast<RefreshMode>(random.between(0, 2));
  if (part.refresh_sets == 0 && c.refresh == RefreshMode::per_bank) c.refresh = RefreshMode::none;
  if (c.refresh != RefreshMode::none) {
    c.refresh_postpone_max = random.between(0, 8);
    c.refresh_pull_in_max = random.between(0, 8);
  }
  if (random.coin()) c.power_down_idle_ns = static_cast<double>(random.between(0, 300));
  if (random.coin()) c.self_refresh_idle_ns = static_cast<double>(random.between(300, 2000));
  c.write_response = random.coin() ? WriteResponse::queued : WriteResponse::written;
  c.front_end_ns = static_cast<double>(random.between(0, 30));
  return c;
}

/// What the fast engine models.
ControllerParams fast_controller(Random& random) {
  ControllerParams c;
  c.queue_bursts = random.between(8, 96);
  c.backlog_bursts = random.between(1, 200);
  c.scheduler = random.between(0, 3) == 0 ? Scheduler::fcfs : Scheduler::frfcfs;
  c.refresh = random.coin() ? RefreshMode::all_bank : RefreshMode::none;
  return c;
}

/// Streams, jumps and bursts of traffic with gaps between them.
struct Traffic {
  std::int64_t region_bits, write_percent, gap_ps, pause_ps, stride, bytes;

  static Traffic of(Random& random, const PartParams& part) {
    return {random.between(10, 28),
            std::max<std::int64_t>(0, random.between(-40, 100)),
            random.between(0, 30'000),
            random.coin() ? 0 : random.between(0, 4'000'000),
            random.coin() ? 0 : random.between(1, 5000),
            random.coin() ? part.organisation.burst_bytes() : random.between(1, 700)};
  }
};

Pattern pattern_of(const Traffic& traffic, std::uint64_t count, std::uint64_t seed) {
  const auto random = std::make_shared<Random>(seed);
  const std::int64_t align = traffic.bytes % 32 == 0 ? traffic.bytes : 1;
  const auto now = std::make_shared<std::int64_t>(0);
  return {count, [=](std::uint64_t i) {
            const std::int64_t region = std::int64_t{1} << traffic.region_bits;
            std::int64_t place = static_cast<std::int64_t>(i) * traffic.stride % region;
            if (traffic.stride == 0) place = random->between(0, region - 1);
            *now += traffic.gap_ps + (i % 64 == 0 ? traffic.pause_ps : 0);
            return access(static_cast<Address>(place / align * align), traffic.bytes,
                          random->between(0, 99) < traffic.write_percent, Picoseconds{*now});
          }};
}

}  // namespace

TEST_CASE("The uses of time add up under every policy, and the impossible ones are none",
          "[arch][dram][replay]") {
  const auto names = shipped_variants();
  Random random{2026};
  for (int i = 0; i < 400; ++i) {
    const auto& name = names[static_cast<std::size_t>(random.between(0, 1'000'000)) % names.size()];
    const PartParams params = shipped_part(name);
    MemoryParams memory = one_channel();
    memory.channels = random.between(1, 3);
    memory.controller = random_controller(random, ResolvedPart{params});
    if (random.between(0, 3) == 0) {
      memory.engine = MemoryEngine::fast;
      memory.controller = fast_controller(random);
    }
    const Traffic traffic = Traffic::of(random, params);
    const bool timed = random.coin();
    Pattern pattern = pattern_of(traffic, 600, static_cast<std::uint64_t>(i));
    const Replayed run = replay(params, memory, pattern, timed);
    const ControllerParams& c = memory.controller;
    INFO("case " << i << ", " << name << ", " << to_string(memory.engine) << ", "
                 << to_string(c.scheduler) << ", " << to_string(c.page_policy) << ", "
                 << to_string(c.refresh) << (timed ? ", timed" : ", closed loop"));
    CHECK(run.uses.total() ==
          run.end * params.organisation.pseudo_channels * memory.channels.value());
    CHECK(run.uses.of(TimeUse::data).count() == run.counts.data_ticks);
    for (const auto& use : enum_names(TimeUse{})) CHECK(run.uses.of(use.value) >= Cycles{0});
    const bool refreshed = run.counts.of(Command::refab) + run.counts.of(Command::refpb) > 0;
    if (!refreshed) CHECK(run.uses.of(TimeUse::refresh) == Cycles{0});
    if (run.counts.writes() == 0 || run.counts.reads() == 0) {
      CHECK(run.uses.of(TimeUse::turnaround) == Cycles{0});
    }
  }
}
