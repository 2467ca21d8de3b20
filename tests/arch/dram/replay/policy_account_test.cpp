// SPDX-License-Identifier: Apache-2.0
// Where the bandwidth went under policies that change what binds: closed pages, tRRD, refreshes of
// single banks, power-down. One known cause a pattern.
#include <catch2/catch.hpp>

#include "tests/arch/dram/replay/replayed.h"
#include "tests/support/dram_sums.h"

using namespace npulse;
using namespace npulse::dram;
using namespace npulse::test;
using npulse::testing::shipped_part;
using npulse::testing::shipped_parts;

TEST_CASE("Rows that are closed behind each burst are lost to opening rows all the same",
          "[arch][dram][replay]") {
  const PagePolicy policy = GENERATE(PagePolicy::closed, PagePolicy::adaptive);
  for (const auto& name : shipped_parts()) {
    const PartParams params = without_refresh(shipped_part(name));
    const ResolvedPart part{params};
    MemoryParams memory = plain_map();
    memory.controller.page_policy = policy;
    Pattern pattern = rows_of_one_bank(params, 2000);
    const Replayed run = replay(params, memory, pattern);
    const auto buses = static_cast<double>(params.organisation.pseudo_channels);
    const double data = ratio_of(part.burst, part.ticks("t_ras + t_rp"));
    INFO(name << ", " << to_string(policy));
    CHECK(run.counts.of(Command::rda) >= 1999);  // behind the last one nothing is wanted
    CHECK(run.share(TimeUse::row_opening) == Approx((1 - data) / buses).epsilon(0.06));
    CHECK(run.uses.of(TimeUse::activation_window) == Cycles{0});
    CHECK(run.uses.of(TimeUse::turnaround) == Cycles{0});
  }
}

TEST_CASE("Where activates keep far apart, other banks are lost to the activation window",
          "[arch][dram][replay]") {
  for (const auto& name : shipped_parts()) {
    PartParams params = without_refresh(shipped_part(name));
    // One activate in the time of a whole row cycle, and never a window of four.
    params.timing.t_rrd_s = params.timing.t_rrd_l = TimingValue{100, 0};
    params.timing.t_faw = TimingValue{0, 1};
    const ResolvedPart part{params};
    const auto& o = params.organisation;
    MemoryParams memory = plain_map();
    // Bank after bank, then the next row; the plain map puts banks above columns.
    const std::int64_t bank = o.row_bytes * o.pseudo_channels;
    Pattern pattern{4000, [=](std::uint64_t i) {
                      return access(static_cast<Address>(bank) * i, o.burst_bytes());
                    }};
    const Replayed run = replay(params, memory, pattern);
    const auto buses = static_cast<double>(o.pseudo_channels);
    const double data = ratio_of(part.burst, part.ticks("t_rrd_s"));
    INFO(name);
    CHECK(run.share(TimeUse::data) * buses == Approx(data).epsilon(0.02));
    CHECK(run.share(TimeUse::activation_window) * buses == Approx(1 - data).epsilon(0.04));
  }
}

TEST_CASE("A bank that is refreshed alone loses its own refreshes", "[arch][dram][replay]") {
  for (const auto& name : shipped_parts()) {
    const PartParams params = shipped_part(name);
    const ResolvedPart part{params};
    if (part.refresh_sets == 0) continue;
    const auto& o = params.organisation;
    MemoryParams memory = plain_map();
    memory.controller.refresh = RefreshMode::per_bank;
    const std::int64_t row = o.row_bytes * o.pseudo_channels;
    // One row of one bank, over and over; its set has a turn in every round.
    Pattern pattern{200'000, [=](std::uint64_t i) {
                      const auto burst = static_cast<std::int64_t>(i) * o.burst_bytes();
                      return access(static_cast<Address>(burst % row), o.burst_bytes());
                    }};
    const Replayed run = replay(params, memory, pattern);
    const Cycles round = part.t_refi_pb * part.refresh_sets;
    const Cycles lost = part.ticks(testing::read_to_precharge(part)) + part.ticks("t_rp") +
                        part.ticks("t_rfc_pb") + testing::open_time(part, Command::rd) - part.burst;
    INFO(name << ": refresh " << run.share(TimeUse::refresh) << " of " << ratio_of(lost, round));
    CHECK(run.share(TimeUse::refresh) == Approx(ratio_of(lost, round)).epsilon(0.15));
    CHECK(run.share(TimeUse::row_opening) < 0.01);
  }
}

TEST_CASE("Waking up is starvation, and takes tXP", "[arch][dram][replay]") {
  for (const auto& name : shipped_parts()) {
    const PartParams params = without_refresh(shipped_part(name));
    const ResolvedPart part{params};
    if (!part.has("t_xp + t_cke + t_cmdcke")) continue;
    constexpr std::int64_t kCount = 200;
    const auto slow = [&](MemoryParams memory) {
      Pattern pattern{kCount, [&](std::uint64_t i) {
                        return access(0, params.organisation.burst_bytes(), false,
                                      Picoseconds{static_cast<std::int64_t>(i) * 2'000'000});
                      }};
      return replay(params, memory, pattern, true);
    };
    MemoryParams sleepy = plain_map();
    sleepy.controller.power_down_idle_ns = 100;
    const Replayed awake = slow(plain_map()), asleep = slow(sleepy);
    const double late =
        (asleep.result.read_latency.mean_ps() - awake.result.read_latency.mean_ps()) /
        static_cast<double>(part.clock.time_of(part.ticks("t_xp")).count());
    INFO(name << ": " << late << " tXP late");
    CHECK(asleep.counts.of(Command::pdx) >= kCount - 1);
    CHECK(late == Approx(1).margin(0.3));  // to a clock edge, or less behind a CAS
    CHECK(asleep.uses.of(TimeUse::row_opening) <= awake.uses.of(TimeUse::row_opening));
    CHECK(asleep.uses.of(TimeUse::refresh) == Cycles{0});
    CHECK(asleep.uses.of(TimeUse::starvation) - awake.uses.of(TimeUse::starvation) >=
          asleep.end - awake.end);
  }
}
