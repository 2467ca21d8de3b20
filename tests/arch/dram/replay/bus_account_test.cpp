// SPDX-License-Identifier: Apache-2.0
// Where the bandwidth went, on traffic whose answer is known: each pattern is bound by one rule,
// and its share follows from the part's timings.
#include <catch2/catch.hpp>

#include "tests/arch/dram/replay/replayed.h"
#include "tests/support/dram_sums.h"

using namespace npulse;
using namespace npulse::dram;
using namespace npulse::test;
using npulse::testing::shipped_part;
using npulse::testing::shipped_parts;

namespace {

/// Activate to read, between the beginnings of the two.
Cycles t_rcd(const ResolvedPart& part) {
  const bool split = part.params.timing.t_rcdrd.has_value();
  return testing::spacing(part, Command::act, Command::rd, split ? "t_rcdrd" : "t_rcd");
}

}  // namespace

TEST_CASE("The uses of time add up to the pseudo-channels' time, for any traffic",
          "[arch][dram][replay]") {
  for (const auto& name : shipped_parts()) {
    const PartParams part = shipped_part(name);
    for (std::uint64_t seed = 0; seed < 4; ++seed) {
      std::mt19937_64 random{seed};
      Pattern pattern{4000, [&](std::uint64_t i) {
                        const Address address = random() % (Address{1} << (12 + 4 * seed)) * 32;
                        const auto bytes = static_cast<std::int64_t>(1 + random() % 600);
                        return access(address, bytes, random() % 3 == 0,
                                      Picoseconds{static_cast<std::int64_t>(i * 5000)});
                      }};
      const Replayed run = replay(part, one_channel(), pattern, seed % 2 == 1);
      INFO(name << ", seed " << seed);
      CHECK(run.uses.total() == run.end * part.organisation.pseudo_channels);
      CHECK(run.uses.of(TimeUse::data).count() == run.counts.data_ticks);
      for (const auto& use : enum_names(TimeUse{})) CHECK(run.uses.of(use.value) >= Cycles{0});
    }
  }
}

TEST_CASE("A stream without refresh is all data but for its first row", "[arch][dram][replay]") {
  for (const auto& name : shipped_parts()) {
    const PartParams part = without_refresh(shipped_part(name));
    Pattern stream = bursts(part, 100'000, [](std::uint64_t i) { return i * 32; });
    const Replayed run = replay(part, one_channel(), stream);
    INFO(name);
    CHECK(run.share(TimeUse::data) > 0.985);
    CHECK(run.uses.of(TimeUse::refresh) == Cycles{0});
    CHECK(run.uses.of(TimeUse::turnaround) == Cycles{0});
  }
}

TEST_CASE("A stream loses to refresh what a refresh takes, once each tREFI",
          "[arch][dram][replay]") {
  for (const auto& name : shipped_parts()) {
    const PartParams params = shipped_part(name);
    const ResolvedPart part{params};
    Pattern stream = bursts(params, 200'000, [](std::uint64_t i) { return i * 32; });
    const Replayed run = replay(params, one_channel(), stream);
    // From the last column: its row's precharge, the refresh, and the opening of a row.
    const Cycles least = part.ticks(testing::read_to_precharge(part)) +
                         part.ticks("t_rp_ab + t_rfc_ab") + t_rcd(part) - part.burst;
    const double lost = ratio_of(least, part.t_refi);
    INFO(name << ": refresh " << run.share(TimeUse::refresh) << ", at least " << lost);
    CHECK(run.share(TimeUse::refresh) >= lost * 0.98);
    CHECK(run.share(TimeUse::refresh) <= lost * 1.10);
    CHECK(run.share(TimeUse::data) + run.share(TimeUse::refresh) > 0.97);
  }
}

TEST_CASE("Other rows of one bank are bound by opening them", "[arch][dram][replay]") {
  for (const auto& name : shipped_parts()) {
    const PartParams params = without_refresh(shipped_part(name));
    const ResolvedPart part{params};
    Pattern pattern = rows_of_one_bank(params, 2000);
    MemoryParams memory = plain_map();
    const Replayed run = replay(params, memory, pattern);
    // The bank's cycle: its row must stay open for tRAS, then close and open again.
    const Cycles cycle = part.ticks("t_ras + t_rp");
    const auto buses = static_cast<double>(params.organisation.pseudo_channels);
    INFO(name);
    CHECK(run.share(TimeUse::data) == Approx(ratio_of(part.burst, cycle) / buses).epsilon(0.06));
    CHECK(run.share(TimeUse::row_opening) ==
          Approx((1 - ratio_of(part.burst, cycle)) / buses).epsilon(0.06));
    // The other pseudo-channel is not asked for anything.
    CHECK(run.share(TimeUse::starvation) == Approx(1 - 1 / buses).margin(0.005));
  }
}

TEST_CASE("Where rows open and close at once, random bursts are bound by the activation window",
          "[arch][dram][replay]") {
  PartParams params = without_refresh(shipped_part("lpddr5-6400"));
  for (auto timing : {&Timings::t_rcd, &Timings::t_rp, &Timings::t_ras, &Timings::t_rtp}) {
    params.timing.*timing = TimingValue{0, 1};
  }
  const ResolvedPart part{params};
  std::mt19937_64 random{1};
  Pattern pattern =
      bursts(params, 100'000, [&](std::uint64_t) { return random() % (1 << 25) * 32; });
  const Replayed run = replay(params, one_channel(), pattern);
  const double bound = ratio_of(4 * part.burst, part.ticks("t_faw"));
  CHECK(run.share(TimeUse::data) == Approx(bound).epsilon(0.01));
  // The rest is the start of WCK for each burst, which falls into the same gaps.
  CHECK(run.share(TimeUse::activation_window) > 0.7 * (1 - bound));
  CHECK(run.share(TimeUse::row_opening) < 0.001);
  CHECK(run.share(TimeUse::starvation) < 0.001);
}

TEST_CASE("Reads and writes that cannot be gathered lose to turning the bus round",
          "[arch][dram][replay]") {
  for (const auto& name : shipped_parts()) {
    const PartParams params = without_refresh(shipped_part(name));
    const ResolvedPart part{params};
    MemoryParams memory = plain_map();
    memory.controller.queue_bursts = 1;
    memory.controller.write_response = WriteResponse::written;
    Pattern pattern{2000, [&](std::uint64_t i) {
                      return access(i % 4 * 64, params.organisation.burst_bytes(), i % 2 == 1);
                    }};
    const Replayed run = replay(params, memory, pattern);
    const Cycles pair = part.ticks(testing::read_to_write(part)) +
                        part.ticks(testing::write_to_read_in_group(part));
    const auto buses = static_cast<double>(params.organisation.pseudo_channels);
    INFO(name);
    CHECK(run.share(TimeUse::data) * buses == Approx(ratio_of(2 * part.burst, pair)).epsilon(0.02));
    CHECK(run.share(TimeUse::turnaround) * buses ==
          Approx(1 - ratio_of(2 * part.burst, pair)).epsilon(0.02));
  }
}

TEST_CASE("One bank group alone loses to its column spacing", "[arch][dram][replay]") {
  for (const auto& name : shipped_parts()) {
    const PartParams params = without_refresh(shipped_part(name));
    const ResolvedPart part{params};
    Pattern pattern = bursts(params, 20'000, [](std::uint64_t i) { return i % 8 * 32; });
    const Replayed run = replay(params, plain_map(), pattern);
    const auto buses = static_cast<double>(params.organisation.pseudo_channels);
    const double spacing = 1 - ratio_of(part.burst, part.ticks("t_ccd_l"));
    INFO(name);
    CHECK(run.share(TimeUse::bus) * buses == Approx(spacing).epsilon(0.02).margin(0.001));
  }
}

TEST_CASE("A slow source starves the bus", "[arch][dram][replay]") {
  for (const auto& name : shipped_parts()) {
    const PartParams params = without_refresh(shipped_part(name));
    const ResolvedPart part{params};
    constexpr Picoseconds kBetween{200'000};
    Pattern pattern{1000, [&](std::uint64_t i) {
                      return access(i * 32, params.organisation.burst_bytes(), false,
                                    kBetween * static_cast<std::int64_t>(i));
                    }};
    const Replayed run = replay(params, one_channel(), pattern, true);
    INFO(name);
    CHECK(run.result.read_latency.count() == 1000);
    CHECK(run.share(TimeUse::starvation) > 0.93);
    CHECK(run.share(TimeUse::turnaround) == 0);
    CHECK(run.share(TimeUse::refresh) == 0);
  }
}

TEST_CASE("A lone request waits for its row and for nothing else", "[arch][dram][replay]") {
  for (const auto& name : shipped_parts()) {
    const PartParams params = without_refresh(shipped_part(name));
    const ResolvedPart part{params};
    Pattern pattern = bursts(params, 1, [](std::uint64_t) { return 0; });
    const Replayed run = replay(params, one_channel(), pattern);
    INFO(name);
    CHECK(run.uses.of(TimeUse::data) == part.burst_data);
    CHECK(run.uses.of(TimeUse::row_opening) == t_rcd(part));
    // ACT-1 goes before ACT-2; HBM3 activates wait for a rising edge.
    CHECK(run.uses.of(TimeUse::bus) <= part.ticks_per_clock + part.burst - part.burst_data);
  }
}

TEST_CASE("Relaxing what a pattern is said to be bound by is what helps it",
          "[arch][dram][replay]") {
  const PartParams base = without_refresh(shipped_part("lpddr5-6400"));
  const auto random_reads = [](const PartParams& part) {
    std::mt19937_64 random{3};
    Pattern pattern =
        bursts(part, 40'000, [&](std::uint64_t) { return random() % (1 << 25) * 32; });
    return replay(part, one_channel(), pattern);
  };
  PartParams no_window = base, no_rows = base;
  no_window.timing.t_faw = no_window.timing.t_rrd_s = no_window.timing.t_rrd_l = TimingValue{0, 1};
  no_rows.timing.t_rp = no_rows.timing.t_ras = no_rows.timing.t_rcd = TimingValue{0, 1};
  const Replayed before = random_reads(base);
  CHECK(random_reads(no_window).share(TimeUse::activation_window) < 0.02);
  CHECK(random_reads(no_rows).share(TimeUse::row_opening) < before.share(TimeUse::row_opening) / 2);
  CHECK(random_reads(no_rows).end < before.end);
}

TEST_CASE("Every controller's commands are explained", "[arch][dram][replay]") {
  const PartParams params = shipped_part("lpddr5-6400");
  const auto run = [&](auto change) {
    MemoryParams memory = one_channel();
    change(memory.controller);
    std::mt19937_64 random{5};
    Pattern pattern =
        bursts(params, 40'000, [&](std::uint64_t) { return random() % (1 << 25) * 32; });
    return replay(params, memory, pattern);
  };
  const Replayed closed = run([](auto& c) { c.page_policy = PagePolicy::closed; });
  const Replayed open = run([](auto&) {});
  for (const TimeUse use : {TimeUse::data, TimeUse::refresh, TimeUse::activation_window}) {
    CHECK(closed.share(use) == Approx(open.share(use)).margin(0.06));
  }
  // A stream goes on beside refreshes of single banks; random bursts have to wait for some of them.
  const Replayed single = run([](auto& c) { c.refresh = RefreshMode::per_bank; });
  CHECK(single.share(TimeUse::refresh) > 0);
  CHECK(single.uses.total() == single.end);
}
