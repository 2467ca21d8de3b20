// SPDX-License-Identifier: Apache-2.0
// The energy of npulse dram, as its reader meets it.
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <sstream>

#include "tests/cli/process.h"

using namespace npulse::test;
using nlohmann::json;

namespace {

/// Ten bursts every 5000 clocks.
std::string idle_trace() {
  std::ostringstream text;
  for (int i = 0; i < 200; ++i) {
    text << "0 R 0x" << std::hex << i * 32 << " @" << std::dec << i / 10 * 5000 << "\n";
  }
  return text.str();
}

struct Replay {
  Desk desk;
  Replay() { desk.put("idle.trace", idle_trace()); }
  std::string text(const std::string& part, const std::string& options = "") const {
    const Outcome outcome = desk.npulse("dram " + part + " idle.trace --timed " + options);
    INFO(outcome.err);
    REQUIRE(outcome.code == 0);
    return outcome.out;
  }
  json report(const std::string& part, const std::string& options = "") const {
    return json::parse(text(part, "--json - " + options));
  }
};

bool has_path(const json& unsure, const std::string& path) {
  for (const json& figure : unsure) {
    if (figure.at("path").get<std::string>().starts_with(path)) return true;
  }
  return false;
}

}  // namespace

TEST_CASE("The text tells rails apart where the part has currents", "[cli][dram]") {
  const Replay replay;
  CHECK_THAT(replay.text("lpddr5-6400"), Catch::Contains("; by rail vdd1 "));
  CHECK_THAT(replay.text("hbm3-6400"), !Catch::Contains("by rail"));
}

TEST_CASE("Power-down and self-refresh show in states, background and watts", "[cli][dram]") {
  const Replay replay;
  const json awake = replay.report("lpddr5-6400");
  const json down = replay.report("lpddr5-6400", "--set controller.power_down_idle_ns=100");
  const json asleep = replay.report("lpddr5-6400", "--set controller.self_refresh_idle_ns=100");
  const auto ticks = [](const json& report, const char* state) {
    return report.at("memory").at("state_ticks").at(state).get<std::int64_t>();
  };
  CHECK(ticks(awake, "precharge_power_down") + ticks(awake, "active_power_down") == 0);
  CHECK(ticks(down, "precharge_power_down") + ticks(down, "active_power_down") >
        ticks(down, "precharge_standby") + ticks(down, "active_standby"));
  CHECK(ticks(asleep, "self_refresh") > 0);
  CHECK(asleep.at("commands").at("refab") < awake.at("commands").at("refab"));
  for (const char* key : {"background", "average_watts"}) {
    INFO(key);
    CHECK(down.at("energy_j").at(key) < awake.at("energy_j").at(key));
    CHECK(asleep.at("energy_j").at(key) < awake.at("energy_j").at(key));
  }
}

TEST_CASE("Unsure figures are those of the chosen variant", "[cli][dram]") {
  const Replay replay;
  const json plain = replay.report("lpddr5-6400").at("unsure");
  CHECK(has_path(plain, "part.energy.currents.idd3p.vdd2h"));
  CHECK(!has_path(plain, "part.energy.currents.idd0.vdd2h"));
  CHECK(!has_path(plain, "part.variants"));
  const json wide_rows = replay.report("lpddr5-6400@8b").at("unsure");
  CHECK(has_path(wide_rows, "part.energy.currents.idd0.vdd2h"));
}
