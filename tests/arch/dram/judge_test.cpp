// SPDX-License-Identifier: Apache-2.0
// The judge finds nothing in the engine's traces, and something in those of a part that is too
// fast.
#include <algorithm>
#include <catch2/catch.hpp>
#include <set>

#include "arch/dram/timing_lookup.h"
#include "tests/support/dram_judge.h"
#include "tests/support/dram_traffic.h"

using namespace npulse;
using namespace npulse::dram;
using namespace npulse::testing;

namespace {

struct Trial {
  std::int64_t faults;
  std::string first;
};

/// Spells of requests and pauses between them, in intervals of all-bank refresh.
struct Rhythm {
  std::uint64_t spell = 1'000'000;
  double pause = 0;
};

/// Runs `engine_part` and judges it by `true_part`.
Trial judge(const PartParams& engine_part, const PartParams& true_part, const RequestSource& source,
            std::uint64_t requests, const ControllerParams& controller = {}, Rhythm rhythm = {}) {
  DramJudge judge{true_part, controller};
  const ResolvedPart part{engine_part};
  const auto channel = make_reference_channel(part, controller, &judge);
  const Cycles pause{
      static_cast<std::int64_t>(rhythm.pause * static_cast<double>(part.t_refi.count()))};
  const CompletionLog log = drive_in_spells(*channel, requests, source, rhythm.spell, pause);
  REQUIRE(log.entries().size() == requests);
  judge.finish(log.last());
  return {judge.fault_count(), judge.faults().empty() ? "" : judge.faults().front()};
}

ControllerParams refreshing(RefreshMode mode, std::int64_t postpone = 0, std::int64_t pull_in = 0) {
  ControllerParams controller;
  controller.refresh = mode;
  controller.refresh_postpone_max = postpone;
  controller.refresh_pull_in_max = pull_in;
  return controller;
}

/// Controllers that between them send every command.
std::vector<ControllerParams> every_policy() {
  ControllerParams plain, single = refreshing(RefreshMode::per_bank, 1, 8);
  single.page_policy = PagePolicy::closed;
  ControllerParams sleepy = refreshing(RefreshMode::all_bank);
  sleepy.power_down_idle_ns = 0;
  ControllerParams deep = refreshing(RefreshMode::per_bank);
  deep.power_down_idle_ns = 0;
  deep.self_refresh_idle_ns = 0;
  deep.page_policy = PagePolicy::adaptive;
  return {plain, single, sleepy, deep};
}

/// All that a mutation might show in: thrashing rows, streams of hits, mixes of both, with every
/// policy of the controller.
bool caught_by(const PartParams& engine_part, const PartParams& true_part,
               const ControllerParams& controller, std::uint64_t requests) {
  for (const std::uint32_t rows : {2u, 64u, 1u}) {
    for (const unsigned writes : {3u, 0u}) {
      const auto source = random_traffic(true_part, rows + writes, rows, writes);
      // Those that sleep are woken often, and some before they are allowed to.
      const Rhythm rhythm =
          controller.power_down_idle_ns ? Rhythm{2, 0.0015 * (1 + rows % 5)} : Rhythm{1500, 1.5};
      const Trial trial = judge(engine_part, true_part, source, requests, controller, rhythm);
      if (trial.faults > 0) return true;
    }
  }
  return false;
}

/// Little traffic first: it shows most of them.
bool caught_anywhere(const PartParams& engine_part, const PartParams& true_part,
                     const std::vector<ControllerParams>& controllers) {
  for (const auto& controller : controllers) {
    for (const std::uint64_t requests : {600u, 6000u}) {
      if (caught_by(engine_part, true_part, controller, requests)) return true;
    }
  }
  return false;
}

/// A part whose rules all bind: in the shipped ones tFAW may be four times tRRD, tRC be tRAS + tRP,
/// tCCD_S a burst.
PartParams with_binding_rules(PartParams part) {
  const ResolvedPart original{part};
  const auto clocks = [&](const char* latency) {
    return original.ticks(latency).count() / original.ticks_per_clock.count();
  };
  Timings& t = part.timing;
  t.t_rrd_l = TimingValue{0, clocks("t_rrd_s") + 3};
  t.t_faw = TimingValue{0, std::max(clocks("t_faw"), 5 * clocks("t_rrd_l") + 8)};
  const std::int64_t burst = clocks("run");
  t.t_ccd_s = TimingValue{0, burst + (original.gaps[index(Command::rd)] ? 0 : 1)};
  t.t_ccd_l = TimingValue{0, std::max(clocks("t_ccd_l"), 2 * burst)};
  if (t.t_ccd_r) t.t_ccd_r = TimingValue{0, t.t_ccd_s->ck + 2};
  t.t_wtr_l = TimingValue{0, std::max(clocks("t_wtr_l"), clocks("t_wtr_s") + 3)};
  if (t.t_rc) t.t_rc = TimingValue{0, clocks("t_rc") + 8};
  return part;
}

/// One group hides what holds between groups.
bool is_hidden(const PartParams& part, const std::string& timing) {
  return part.organisation.bank_groups == 1 && timing.ends_with("_s");
}

struct Mutation {
  std::string timing;
  PartParams part;
};

/// A rule of the part's family needs the timing.
bool is_used(const PartParams& part, const std::string& timing) {
  if (!is_optional_timing(timing)) return true;
  for (const auto& group : family_rules(part.family).rules) {
    for (const Rule& rule : group) {
      const auto names = names_in(rule.latency);
      if (std::find(names.begin(), names.end(), timing) != names.end()) return true;
    }
  }
  return false;
}

/// Every timing made easier to keep, one at a time. Latencies and deadlines are no spacings.
std::vector<Mutation> mutations(const PartParams& part) {
  struct Mutator {
    const PartParams& part;
    std::vector<Mutation> list;
    void operator()(const char* name, Timings::Value Timings::*member, const char*, const char*,
                    Limits = {}) {
      const std::string timing = name;
      if (!(part.timing.*member) || timing == "rl" || timing == "t_aad") return;
      if (*(part.timing.*member) == TimingValue{}) return;
      if (!is_used(part, timing) || is_hidden(part, timing)) return;
      PartParams mutant = part;
      TimingValue& value = *(mutant.timing.*member);
      const bool longer = timing == "t_refi" || timing == "t_refi_pb" || timing == "t_wckpst";
      value.ns *= longer ? 2 : 0.7;
      value.ck = longer ? value.ck * 4 : value.ck * 7 / 10;
      list.push_back({timing, mutant});
    }
  };
  Mutator mutator{part, {}};
  Timings::describe(mutator);
  return mutator.list;
}

}  // namespace

TEST_CASE("The judge finds no fault in random traffic on any part", "[arch][dram]") {
  for (const auto& name : shipped_variants()) {
    const PartParams part = shipped_part(name);
    for (const std::uint32_t rows : {1u, 3u, 1000u}) {
      const Trial trial = judge(part, part, random_traffic(part, rows, rows), 2'000);
      INFO(name << ", " << rows << " rows: " << trial.first);
      REQUIRE(trial.faults == 0);
    }
  }
}

TEST_CASE("The judge finds no fault in streams under any mapping", "[arch][dram]") {
  for (const auto& name : shipped_parts()) {
    const PartParams part = shipped_part(name);
    for (const auto& [preset, preset_name] : enum_names(MapPreset{})) {
      const AddressMap map{part.organisation, 1, MappingParams{preset, 256, {}}};
      const auto bursts = part.organisation.burst_bytes();
      const Trial trial = judge(part, part, run_stream(map, bursts), 500);
      INFO(name << ", " << preset_name << ": " << trial.first);
      REQUIRE(trial.faults == 0);
    }
  }
}

TEST_CASE("The judge finds no fault with queues of any length", "[arch][dram]") {
  for (const auto& name : shipped_parts()) {
    const PartParams part = shipped_part(name);
    for (const std::int64_t queue : {4, 9, 256}) {
      const Trial trial =
          judge(part, part, random_traffic(part, 7, 8), 1'500, {.queue_bursts = queue});
      INFO(name << ", queue " << queue << ": " << trial.first);
      REQUIRE(trial.faults == 0);
    }
  }
}

TEST_CASE("The judge finds no fault in any kind of refresh", "[arch][dram]") {
  for (const auto& name : shipped_parts()) {
    const PartParams part = shipped_part(name);
    for (const RefreshMode mode : {RefreshMode::all_bank, RefreshMode::per_bank}) {
      for (const std::int64_t postpone : {0, 1, 8}) {
        for (const std::int64_t pull_in : {0, 8}) {
          for (const std::uint32_t rows : {1u, 1000u}) {
            const auto controller = refreshing(mode, postpone, pull_in);
            const Trial trial =
                judge(part, part, random_traffic(part, rows, rows), 1'500, controller, {400, 3.3});
            INFO(name << ", " << to_string(mode) << ", " << postpone << ", " << pull_in << ", "
                      << rows << " rows: " << trial.first);
            REQUIRE(trial.faults == 0);
          }
        }
      }
    }
  }
}

TEST_CASE("The judge finds no fault in any order of requests and rows", "[arch][dram]") {
  for (const auto& name : shipped_parts()) {
    const PartParams part = shipped_part(name);
    for (const auto& [scheduler, scheduler_name] : enum_names(Scheduler{})) {
      for (const auto& [pages, page_name] : enum_names(PagePolicy{})) {
        for (const auto& [refresh, refresh_name] : enum_names(RefreshMode{})) {
          for (const std::int64_t cap : {0, 2}) {
            ControllerParams controller = refreshing(refresh, cap, 0);
            controller.scheduler = scheduler;
            controller.page_policy = pages;
            if (cap) controller.row_hit_cap = cap;
            const Trial trial = judge(part, part, random_traffic(part, 1, 3), 700, controller);
            INFO(name << ", " << scheduler_name << ", " << page_name << ", " << refresh_name
                      << ", cap " << cap << ": " << trial.first);
            REQUIRE(trial.faults == 0);
          }
        }
      }
    }
  }
}

TEST_CASE("The judge finds no fault in power-down and self-refresh", "[arch][dram]") {
  const std::optional<double> never;
  for (const auto& name : shipped_parts()) {
    const PartParams part = shipped_part(name);
    for (const auto& refresh :
         {refreshing(RefreshMode::all_bank, 0, 0), refreshing(RefreshMode::all_bank, 8, 8),
          refreshing(RefreshMode::per_bank, 0, 0), refreshing(RefreshMode::per_bank, 2, 1)}) {
      for (const auto& power_down : {never, std::optional<double>{0}, std::optional<double>{50}}) {
        for (const auto& deep : {never, std::optional<double>{0}, std::optional<double>{300}}) {
          for (const double pause : {0.01, 2.7}) {
            ControllerParams controller = refresh;
            controller.power_down_idle_ns = power_down;
            controller.self_refresh_idle_ns = deep;
            const Trial trial =
                judge(part, part, random_traffic(part, 3, 3), 120, controller, {4, pause});
            INFO(name << ", power-down " << power_down.value_or(-1) << ", self-refresh "
                      << deep.value_or(-1) << ", pause " << pause << ": " << trial.first);
            REQUIRE(trial.faults == 0);
          }
        }
      }
    }
  }
}

TEST_CASE("The judge catches auto-precharges that are over too soon", "[arch][dram]") {
  ControllerParams closed;
  closed.page_policy = PagePolicy::closed;
  for (const auto& name : {"lpddr5-6400", "hbm3-6400"}) {
    const PartParams part = shipped_part(name);
    for (const auto& mutant : mutations(part)) {
      const std::set<std::string> ends_it{"t_ras", "t_rtp", "t_wr", "wl", "t_rp"};
      if (!ends_it.contains(mutant.timing)) continue;
      INFO(name << ": " << mutant.timing);
      CHECK(caught_anywhere(mutant.part, part, {closed}));
    }
  }
}

/// In a process for each family group: they take a while.
void require_all_caught(const std::vector<std::string>& names) {
  for (const auto& name : names) {
    const PartParams part = with_binding_rules(shipped_part(name));
    const auto mutants = mutations(part);
    REQUIRE(mutants.size() >= 17);
    for (const auto& mutant : mutants) {
      INFO(name << ": " << mutant.timing);
      CHECK(caught_anywhere(mutant.part, part, every_policy()));
    }
  }
}

TEST_CASE("The judge catches every timing of LPDDR that an engine keeps too short",
          "[arch][dram]") {
  require_all_caught({"lpddr4-3200", "lpddr5-6400", "lpddr5-6400@bl32"});
}

TEST_CASE("The judge catches every timing of HBM that an engine keeps too short", "[arch][dram]") {
  require_all_caught({"hbm2-2000@16Gb", "hbm3-6400"});
}

TEST_CASE("The judge catches every timing of GDDR and DDR that an engine keeps too short",
          "[arch][dram]") {
  require_all_caught({"gddr6-14000", "ddr5-4800"});
}
