// SPDX-License-Identifier: Apache-2.0
// Energy from counts: every price by its formula, and sums that are exact.
#include "arch/dram/energy.h"

#include <catch2/catch.hpp>

#include "tests/support/dram_traffic.h"

using namespace npulse;
using namespace npulse::dram;
using namespace npulse::testing;

namespace {

constexpr Picoseconds kMicrosecond{1'000'000};

ChannelCounts counts_of(std::initializer_list<std::pair<Command, std::int64_t>> commands) {
  ChannelCounts counts;
  for (const auto& [command, count] : commands) counts.commands[index(command)] = count;
  return counts;
}

ChannelCounts random_counts(std::mt19937_64& random) {
  ChannelCounts counts;
  for (auto& count : counts.commands) count = static_cast<std::int64_t>(random() % 1'000'000);
  for (auto& ticks : counts.state_ticks) ticks = static_cast<std::int64_t>(random() % 1'000'000);
  return counts;
}

double joules_of(const PartParams& part, const ChannelCounts& counts, EnergyUse use) {
  return dram_energy(part, counts, 1, {}).of(use);
}

/// Picojoules of one command, measured over a million.
double price(const PartParams& part, Command command, EnergyUse use) {
  return joules_of(part, counts_of({{command, 1'000'000}}), use) * 1e6;
}

/// Milliwatts of a channel that is in `state` all the time.
double power(const PartParams& part, PowerState state) {
  ChannelCounts counts;
  counts.state_ticks[index(state)] = 1;
  // 1 mW for 1 s is 1 mJ.
  const Picoseconds second{1'000'000'000'000};
  return dram_energy(part, counts, 1, second).of(EnergyUse::background) * 1e3;
}

/// One rail of one volt with currents that tell every formula apart, beside a silent I/O rail.
PartParams with_currents(std::string rail) {
  PartParams part = shipped_part("lpddr4-3200");
  SupplyCurrents c;
  const auto milliamps = [&](double value) {
    ByRail current{{"vddq", 0}, {"vpp", 0}};
    current[rail] = value;
    return current;
  };
  c.rate_mtps = 1000;
  c.volts = {{"vddq", 1}, {"vpp", 1}};
  c.idd2n = milliamps(20);
  c.idd2p = milliamps(3);
  c.idd3n = milliamps(30);
  c.idd3p = milliamps(7);
  c.idd0 = milliamps(50);
  c.idd4r = milliamps(230);
  c.idd4w = milliamps(130);
  c.idd5 = milliamps(120);
  c.idd6 = milliamps(2);
  part.energy = {std::nullopt, c};
  return part;
}

double ns(const PartParams& part, const char* latency) {
  const ResolvedPart resolved{part};
  return static_cast<double>(resolved.clock.time_of(resolved.ticks(latency)).count()) * 1e-3;
}

}  // namespace

TEST_CASE("Without currents each command costs its figure", "[arch][dram]") {
  const PartParams part = shipped_part("hbm3-6400");
  const EnergyFigures& f = *part.energy.figures;
  const double bits = 8.0 * static_cast<double>(part.organisation.burst_bytes());
  REQUIRE(price(part, Command::act, EnergyUse::activation) == Approx(f.activate_pj));
  for (const Command read : {Command::rd, Command::rda}) {
    REQUIRE(price(part, read, EnergyUse::column) == Approx(bits * f.read_pj_per_bit));
    REQUIRE(price(part, read, EnergyUse::io) == Approx(bits * f.io_read_pj_per_bit));
  }
  for (const Command write : {Command::wr, Command::wra, Command::mwr, Command::mwra}) {
    REQUIRE(price(part, write, EnergyUse::column) == Approx(bits * f.write_pj_per_bit));
    REQUIRE(price(part, write, EnergyUse::io) == Approx(bits * f.io_write_pj_per_bit));
  }
  REQUIRE(price(part, Command::refab, EnergyUse::refresh) == Approx(f.refresh_pj));
}

TEST_CASE("Without currents time costs the figure of each state", "[arch][dram]") {
  PartParams part = shipped_part("hbm3-6400");
  EnergyFigures& f = *part.energy.figures;
  f.active_standby_mw = 40;
  f.precharge_standby_mw = 30;
  f.active_power_down_mw = 12;
  f.precharge_power_down_mw = 10;
  f.self_refresh_mw = 1;
  ChannelCounts counts;
  counts.state_ticks = {1, 2, 3, 4, 10};
  const double mean = (1 * 40 + 2 * 30 + 3 * 12 + 4 * 10 + 10 * 1) / 20.0;
  const auto background = [&] {
    return dram_energy(part, counts, 4, kMicrosecond).of(EnergyUse::background);
  };
  REQUIRE(background() == Approx(4 * mean * 1e-9));  // 1 mW for 1 us is 1 nJ
  REQUIRE(dram_energy(part, counts, 4, kMicrosecond).of(PowerState::active_power_down) ==
          Approx(4 * 3 * 12 / 20.0 * 1e-9));
  counts.state_ticks = {};
  REQUIRE(background() == Approx(4 * f.active_standby_mw * 1e-9));
}

TEST_CASE("Currents price each command by the standard formulas", "[arch][dram]") {
  const PartParams part = with_currents("vpp");
  const double burst_ns = 16 / 1.0;  // beats at 1000 MT/s, whatever the part's own rate
  const double t_ras = ns(part, "t_ras"), t_rp = ns(part, "t_rp");
  // TN-41-01: V (IDD0 tRC - (IDD3N tRAS + IDD2N (tRC - tRAS)))
  REQUIRE(price(part, Command::act, EnergyUse::activation) ==
          Approx(50 * (t_ras + t_rp) - (30 * t_ras + 20 * t_rp)));
  REQUIRE(price(part, Command::rd, EnergyUse::column) == Approx((230 - 30) * burst_ns));
  REQUIRE(price(part, Command::wr, EnergyUse::column) == Approx((130 - 30) * burst_ns));
  REQUIRE(price(part, Command::rd, EnergyUse::io) == 0);
  REQUIRE(price(part, Command::refab, EnergyUse::refresh) ==
          Approx((120 - 20) * ns(part, "t_rfc_ab")));
  const std::array<double, kPowerStates> milliamps{30, 20, 7, 3, 2};
  for (const auto& [state, name] : enum_names(PowerState{})) {
    INFO(name);
    REQUIRE(power(part, state) == Approx(milliamps[index(state)]));
  }
}

TEST_CASE("What bursts draw from VDDQ is I/O", "[arch][dram]") {
  const PartParams part = with_currents("vddq");
  REQUIRE(price(part, Command::rd, EnergyUse::io) == Approx((230 - 30) * 16.0));
  REQUIRE(price(part, Command::wr, EnergyUse::io) == Approx((130 - 30) * 16.0));
  REQUIRE(price(part, Command::rd, EnergyUse::column) == 0);
}

TEST_CASE("Volts, devices and ranks multiply what currents cost", "[arch][dram]") {
  const PartParams one = with_currents("vpp");
  PartParams part = one;
  part.energy.currents->volts["vpp"] = 1.5;
  part.energy.currents->devices = 4;
  part.organisation.ranks = 2;
  for (const auto& [command, use] :
       {std::pair{Command::act, EnergyUse::activation}, std::pair{Command::rd, EnergyUse::column},
        std::pair{Command::wr, EnergyUse::column}}) {
    REQUIRE(price(part, command, use) == Approx(1.5 * 4 * price(one, command, use)));
  }
  REQUIRE(price(part, Command::refab, EnergyUse::refresh) ==
          Approx(1.5 * 4 * 2 * price(one, Command::refab, EnergyUse::refresh)));
  REQUIRE(power(part, PowerState::self_refresh) ==
          Approx(1.5 * 4 * 2 * power(one, PowerState::self_refresh)));
}

TEST_CASE("An activate counts one open bank of those of IDD3N", "[arch][dram]") {
  PartParams part = with_currents("vpp");
  part.energy.currents->idd3n_banks = 10;
  const double t_ras = ns(part, "t_ras"), t_rp = ns(part, "t_rp");
  const double one_open = 20 + (30 - 20) / 10.0;
  REQUIRE(price(part, Command::act, EnergyUse::activation) ==
          Approx(50 * (t_ras + t_rp) - (one_open * t_ras + 20 * t_rp)));
}

TEST_CASE("An activate that would cost less than nothing is refused", "[arch][dram]") {
  PartParams part = with_currents("vpp");
  part.energy.currents->idd0["vpp"] = 21;
  REQUIRE_THROWS_WITH(
      price(part, Command::act, EnergyUse::activation),
      Catch::Contains("energy.currents.idd0.vpp") && Catch::Contains("idd3n_banks"));
}

TEST_CASE("A refresh of a set of banks costs its share, or what IDD5PB says", "[arch][dram]") {
  for (const char* name : {"hbm3-6400", "lpddr5-6400", "ddr5-4800"}) {
    const PartParams part = shipped_part(name);
    const auto sets = static_cast<double>(ResolvedPart{part}.refresh_sets);
    INFO(name);
    REQUIRE(sets * price(part, Command::refpb, EnergyUse::refresh) ==
            Approx(price(part, Command::refab, EnergyUse::refresh)));
  }
  PartParams part = with_currents("vpp");
  part.energy.currents->idd5pb = ByRail{{"vddq", 0}, {"vpp", 26}};
  REQUIRE(price(part, Command::refpb, EnergyUse::refresh) ==
          Approx((26 - 20) * ns(part, "t_refi_pb")));
}

TEST_CASE("Densities and modes change what refreshes and rows cost", "[arch][dram]") {
  const PartParams part = shipped_part("lpddr5-6400"), dense = shipped_part("lpddr5-6400@32Gb");
  REQUIRE(price(dense, Command::refab, EnergyUse::refresh) /
              price(part, Command::refab, EnergyUse::refresh) ==
          Approx(ns(dense, "t_rfc_ab") / ns(part, "t_rfc_ab")));
  // A row of 4 KB for one of 2 KB; the file's currents are rounded.
  REQUIRE(price(shipped_part("lpddr5-6400@8b"), Command::act, EnergyUse::activation) ==
          Approx(2 * price(part, Command::act, EnergyUse::activation)).epsilon(0.01));
}

TEST_CASE("Uses and rails sum to the total to the last bit, in any order", "[arch][dram]") {
  std::mt19937_64 random{20261121};
  for (const auto& name : shipped_variants()) {
    const PartParams part = shipped_part(name);
    const DramEnergy energy =
        dram_energy(part, random_counts(random), 3,
                    Picoseconds{1 + static_cast<std::int64_t>(random() % 1'000'000'000)});
    double uses = 0, states = 0, rails = 0;
    for (const auto& [use, use_name] : enum_names(EnergyUse{})) uses += energy.of(use);
    for (auto rail = energy.rails.rbegin(); rail != energy.rails.rend(); ++rail)
      rails += rail->total();
    for (const auto& [state, state_name] : enum_names(PowerState{})) states += energy.of(state);
    INFO(name);
    REQUIRE(energy.total() > 0);
    REQUIRE(states == energy.of(EnergyUse::background));
    REQUIRE(uses == energy.total());
    REQUIRE(rails == energy.total());
  }
}

TEST_CASE("Rails are told apart exactly where there are currents", "[arch][dram]") {
  for (const auto& name : shipped_variants()) {
    const PartParams part = shipped_part(name);
    const DramEnergy energy = dram_energy(part, {}, 1, kMicrosecond);
    INFO(name);
    REQUIRE((energy.basis == EnergyBasis::currents) == part.energy.currents.has_value());
    if (part.energy.figures) {
      REQUIRE(energy.rails.size() == 1);
      REQUIRE(energy.rails.front().name.empty());
      continue;
    }
    REQUIRE(energy.rails.size() == part.energy.currents->volts.size());
    for (const auto& rail : energy.rails) REQUIRE(part.energy.currents->volts.contains(rail.name));
  }
}

TEST_CASE("Deeper states of every shipped part draw no more", "[arch][dram]") {
  for (const auto& name : shipped_variants()) {
    const PartParams part = shipped_part(name);
    const auto draws = [&](PowerState state) { return power(part, state); };
    INFO(name);
    REQUIRE(draws(PowerState::precharge_standby) <= draws(PowerState::active_standby));
    REQUIRE(draws(PowerState::active_power_down) < draws(PowerState::active_standby));
    REQUIRE(draws(PowerState::precharge_power_down) < draws(PowerState::precharge_standby));
    REQUIRE(draws(PowerState::precharge_power_down) <= draws(PowerState::active_power_down));
    REQUIRE(draws(PowerState::self_refresh) < draws(PowerState::precharge_standby));
    REQUIRE(draws(PowerState::self_refresh) > 0);
  }
}

TEST_CASE("The more of the time in power-down, the less background energy", "[arch][dram]") {
  for (const char* name : {"lpddr5-6400", "hbm3-6400", "ddr5-4800"}) {
    const PartParams params = shipped_part(name);
    const ResolvedPart part{params};
    const Cycles end{200'000};
    const auto background = [&](std::optional<double> power_down_idle_ns) {
      ControllerParams controller;
      controller.power_down_idle_ns = power_down_idle_ns;
      const auto channel = make_reference_channel(part, controller);
      auto log = drive_in_spells(*channel, 300, random_traffic(params, 6), 10, Cycles{900});
      channel->advance(end, log);
      return dram_energy(params, channel->counts(), 1, part.clock.time_of(end))
          .of(EnergyUse::background);
    };
    INFO(name);
    REQUIRE(background({}) > background(400));
    REQUIRE(background(400) > background(100));
    REQUIRE(background(100) > background(0));
  }
}
