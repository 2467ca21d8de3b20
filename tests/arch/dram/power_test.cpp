// SPDX-License-Identifier: Apache-2.0
// Power states: when a channel goes there, how it comes back, and how its time is counted.
#include <catch2/catch.hpp>
#include <numeric>

#include "arch/dram/channel.h"
#include "sim/core/error.h"
#include "tests/support/command_log.h"
#include "tests/support/dram_traffic.h"

using namespace npulse;
using namespace npulse::dram;
using namespace npulse::testing;

namespace {

ControllerParams sleeping(std::optional<double> power_down, std::optional<double> self_refresh) {
  ControllerParams controller;
  controller.power_down_idle_ns = power_down;
  controller.self_refresh_idle_ns = self_refresh;
  return controller;
}

std::int64_t state_sum(const ChannelCounts& counts) {
  return std::accumulate(counts.state_ticks.begin(), counts.state_ticks.end(), std::int64_t{0});
}

}  // namespace

TEST_CASE("The times in power states sum to all time", "[arch][dram]") {
  for (const auto& name : shipped_parts()) {
    const PartParams params = shipped_part(name);
    const ResolvedPart part{params};
    for (const auto& controller : {sleeping({}, {}), sleeping(20, {}), sleeping(20, 400)}) {
      const auto channel = make_reference_channel(part, controller);
      CompletionLog log =
          drive_in_spells(*channel, 300, random_traffic(params, 6), 10, Cycles{900});
      const Cycles end = log.last() + Cycles{10'000};
      channel->advance(end, log);
      INFO(name);
      REQUIRE(state_sum(channel->counts()) == part.organisation.pseudo_channels * end.count());
    }
  }
}

TEST_CASE("An idle channel goes to power-down and comes back for every refresh", "[arch][dram]") {
  const ResolvedPart part{shipped_part("lpddr5-6400")};
  CommandLog commands;
  const auto channel = make_reference_channel(part, sleeping(0, {}), &commands);
  CompletionLog log;
  const std::int64_t rounds = 10;
  channel->advance(rounds * part.t_refi + part.ticks("t_xp + t_rfc_ab"), log);
  REQUIRE(commands.of(Command::refab).size() == rounds);
  REQUIRE(commands.of(Command::pdx).size() == rounds);
  const auto& ticks = channel->counts().state_ticks;
  const Cycles awake = rounds * part.ticks("t_xp + t_cmdcke");
  REQUIRE(Cycles{ticks[index(PowerState::precharge_standby)]} <= awake + Cycles{2 * rounds});
  REQUIRE(ticks[index(PowerState::active_power_down)] == 0);
}

TEST_CASE("In self-refresh no refresh is sent", "[arch][dram]") {
  const ResolvedPart part{shipped_part("hbm3-6400")};
  CommandLog commands;
  const auto channel = make_reference_channel(part, sleeping({}, 100), &commands);
  CompletionLog log;
  channel->advance(50 * part.t_refi, log);
  REQUIRE(commands.of(Command::refab).empty());
  REQUIRE(commands.of(Command::sre).size() == 2);  // one a pseudo-channel
  REQUIRE(channel->counts().state_ticks[index(PowerState::self_refresh)] >
          99 * part.t_refi.count());
}

TEST_CASE("A request pays the exit from power-down or self-refresh", "[arch][dram]") {
  for (const auto& name : shipped_parts()) {
    const ResolvedPart part{shipped_part(name)};
    const auto latency = [&](const ControllerParams& controller) {
      const auto channel = make_reference_channel(part, controller);
      CompletionLog log;
      const Cycles now = part.t_refi - part.ticks("t_xsr + t_rfc_ab");  // no refresh in between
      channel->advance(now, log);
      channel->push({0, {}, 1, false, now});
      channel->advance(now + 2 * part.t_refi, log);
      return log.last() - now;
    };
    const Cycles awake = latency(sleeping({}, {}));
    const Cycles clocks = 3 * part.ticks_per_clock;  // of the exit command and its bus
    INFO(name);
    REQUIRE(latency(sleeping(0, {})) >= awake + part.ticks("t_xp") - clocks);
    REQUIRE(latency(sleeping(0, {})) <= awake + part.ticks("t_xp") + clocks);
    REQUIRE(latency(sleeping({}, 0)) >= awake + part.ticks("t_xsr") - clocks);
    REQUIRE(latency(sleeping({}, 0)) <= awake + part.ticks("t_xsr") + clocks);
  }
}

TEST_CASE("A part without the timings of power-down refuses it", "[arch][dram]") {
  PartParams params = shipped_part("lpddr5-6400");
  params.timing.t_xp.reset();
  const ResolvedPart part{params};
  REQUIRE_THROWS_WITH(make_reference_channel(part, sleeping(10, {})),
                      Catch::Contains("controller.power_down_idle_ns") && Catch::Contains("t_xp"));
}
