// SPDX-License-Identifier: Apache-2.0
// The judge finds nothing in the reference engine's traces.
#include <catch2/catch.hpp>

#include "tests/support/judged_run.h"

using namespace npulse;
using namespace npulse::dram;
using namespace npulse::testing;

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
