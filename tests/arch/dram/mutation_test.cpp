// SPDX-License-Identifier: Apache-2.0
// The judge finds something in the traces of a part that is too fast, by whichever timing.
#include <algorithm>
#include <catch2/catch.hpp>
#include <set>

#include "arch/dram/timing_lookup.h"
#include "tests/support/binding_rules.h"
#include "tests/support/judged_run.h"

using namespace npulse;
using namespace npulse::dram;
using namespace npulse::testing;

namespace {

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
