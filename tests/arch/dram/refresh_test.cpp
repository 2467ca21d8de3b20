// SPDX-License-Identifier: Apache-2.0
// When refreshes come, which banks they take, and what they cost.
#include <catch2/catch.hpp>
#include <map>
#include <set>

#include "arch/dram/refresh_scheduler.h"
#include "sim/core/error.h"
#include "tests/support/judged_run.h"

using namespace npulse;
using namespace npulse::dram;
using namespace npulse::testing;
using Need = RefreshScheduler::Need;

namespace {

/// Share of the peak that a sequential stream of reads gets.
double stream_share(const ResolvedPart& part, const ControllerParams& controller) {
  const AddressMap map{part.organisation, 1, part.params.mapping};
  const auto channel = make_reference_channel(part, controller);
  const CompletionLog log =
      drive(*channel, 40'000, run_stream(map, part.organisation.burst_bytes()));
  return static_cast<double>(channel->counts().data_ticks) /
         static_cast<double>(part.organisation.pseudo_channels * log.last().count());
}

constexpr BankMask kAllBusy = ~BankMask{0};

}  // namespace

TEST_CASE("An all-bank refresh is put off up to its limit while requests wait", "[arch][dram]") {
  const ResolvedPart part{shipped_part("lpddr5-6400")};
  for (const std::int64_t limit : {0, 1, 8}) {
    RefreshScheduler refresh{part, refreshing(RefreshMode::all_bank, limit, 0)};
    for (std::int64_t i = 1; i <= limit; ++i) {
      refresh.update(i * part.t_refi, kAllBusy, 0);
      REQUIRE(refresh.need() == Need::none);
      refresh.update(i * part.t_refi, 0, 0);
      REQUIRE(refresh.need() == Need::welcome);
    }
    refresh.update((limit + 1) * part.t_refi, kAllBusy, 0);
    REQUIRE(refresh.need() == Need::overdue);
    refresh.refreshed();
    refresh.update((limit + 1) * part.t_refi, kAllBusy, 0);
    REQUIRE(refresh.need() == Need::none);
  }
}

TEST_CASE("Refreshes are done ahead up to their limit while nothing waits", "[arch][dram]") {
  const ResolvedPart part{shipped_part("hbm3-6400")};
  for (const std::int64_t limit : {0, 3}) {
    RefreshScheduler refresh{part, refreshing(RefreshMode::per_bank, 0, limit)};
    std::int64_t done = 0;
    for (; refresh.update(Cycles{0}, 0, 0), refresh.need() != Need::none; ++done) {
      REQUIRE(refresh.need() == Need::welcome);
      refresh.refreshed();
    }
    REQUIRE(done == limit * part.refresh_sets);
  }
}

TEST_CASE("Without refresh none is done ahead", "[arch][dram]") {
  const ResolvedPart part{shipped_part("lpddr5-6400")};
  RefreshScheduler refresh{part, refreshing(RefreshMode::none, 8, 8)};
  refresh.update(100 * part.t_refi, 0, 0);
  REQUIRE(refresh.need() == Need::none);
}

TEST_CASE("Every set of banks has its turn once in a round, the idle ones first", "[arch][dram]") {
  for (const auto& name : shipped_parts()) {
    const ResolvedPart part{shipped_part(name)};

    RefreshScheduler refresh{part, refreshing(RefreshMode::per_bank, 0, 0)};
    std::set<int> round;
    for (std::int64_t i = 1; i <= part.refresh_sets; ++i) {
      refresh.update(i * part.t_refi_pb, bit_of(0), 0);
      REQUIRE(refresh.need() == Need::overdue);
      REQUIRE(refresh.command() == Command::refpb);
      // Bank 0 has requests, so its set comes last.
      REQUIRE(((refresh.banks() & 1) != 0) == (i == part.refresh_sets));
      REQUIRE(round.insert(refresh.bank()).second);
      refresh.refreshed();
    }
    INFO(name);
    REQUIRE(static_cast<std::int64_t>(round.size()) == part.refresh_sets);
  }
}

TEST_CASE("Sets of banks are those of the standards", "[arch][dram]") {
  // LPDDR5: tREFIpb is an eighth of tREFI, so 16 banks go in pairs. DDR5: the banks of one number
  // in all groups. Others: one bank at a time.
  for (const auto& name : shipped_parts()) {
    const ResolvedPart part{shipped_part(name)};
    if (part.refresh_sets == 0) continue;
    const std::map<Family, std::int64_t> sets{{Family::lpddr5, 8},
                                              {Family::ddr5, part.organisation.banks}};
    const auto found = sets.find(part.params.family);
    INFO(name);
    CHECK(part.refresh_sets ==
          (found == sets.end() ? part.organisation.total_banks() : found->second));
  }
}

TEST_CASE("Refreshes of single banks cost a stream less than those of all banks", "[arch][dram]") {
  for (const auto& name : shipped_parts()) {
    const ResolvedPart part{shipped_part(name)};
    if (part.params.mapping.preset != MapPreset::bgi_xor) continue;
    const double none = stream_share(part, refreshing(RefreshMode::none, 0, 0));
    const double all = stream_share(part, refreshing(RefreshMode::all_bank, 0, 0));
    const double single = stream_share(part, refreshing(RefreshMode::per_bank, 0, 0));
    const double postponed = stream_share(part, refreshing(RefreshMode::per_bank, 8, 0));
    INFO(name << ": none " << none << ", all banks " << all << ", single " << single << ", put off "
              << postponed);
    CHECK(all < single);
    CHECK(single <= postponed);
    CHECK(postponed >= none - 0.04);
  }
}

TEST_CASE("A part without per-bank refresh refuses it", "[arch][dram]") {
  PartParams params = shipped_part("lpddr5-6400");
  params.timing.t_rfc_pb.reset();
  const ResolvedPart part{params};
  REQUIRE_THROWS_WITH(make_reference_channel(part, refreshing(RefreshMode::per_bank, 0, 0)),
                      Catch::Contains("controller.refresh") && Catch::Contains("lpddr5-6400"));
}
