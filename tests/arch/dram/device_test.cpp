// SPDX-License-Identifier: Apache-2.0
// The timing state, one command at a time: each is too early one tick before it may go.
#include "arch/dram/device.h"

#include <catch2/catch.hpp>

#include "arch/dram/command_buses.h"
#include "sim/core/error.h"
#include "tests/support/dram_sums.h"
#include "tests/support/dram_traffic.h"

using namespace npulse;
using namespace npulse::dram;
using namespace npulse::testing;

namespace {

using enum Command;
constexpr CommandSet kAll{act1, act, pre, preab, refab, rd,  wr,  refpb,
                          mwr,  pde, pdx, sre,   srx,   cas, rda, wra};

/// A device to which commands are issued as early as they may go.
class Probe {
 public:
  explicit Probe(const std::string& name) : part{shipped_part(name)}, device{part, kAll} {}

  Cycles earliest(Command command, std::size_t bank) const {
    return std::max(device.floor(command), device.earliest(command, bank));
  }
  Cycles issue(Command command, std::size_t bank) {
    const Cycles at = earliest(command, bank);
    device.issue(command, bank, at);
    return at;
  }
  /// Banks that differ from bank 0 only in their group, or only in their rank.
  std::size_t other_group() const { return static_cast<std::size_t>(part.organisation.banks); }
  std::size_t other_rank() const {
    return static_cast<std::size_t>(part.organisation.banks * part.organisation.bank_groups);
  }

  ResolvedPart part;
  Device device;
};

}  // namespace

TEST_CASE("A column waits for its bank's activate only", "[arch][dram]") {
  Probe lpddr{"lpddr5-6400"};
  const Cycles at = lpddr.issue(Command::act, 0);
  REQUIRE(lpddr.earliest(Command::rd, 0) == at + lpddr.part.ticks("t_rcd"));
  REQUIRE(lpddr.earliest(Command::wr, 0) == at + lpddr.part.ticks("t_rcd"));
  REQUIRE(lpddr.earliest(Command::rd, 1) == Cycles{0});
  Probe hbm{"hbm3-6400"};
  const Cycles there = hbm.issue(Command::act, 0);
  REQUIRE(hbm.earliest(Command::rd, 0) == there + hbm.part.ticks("t_rcdrd"));
  REQUIRE(hbm.earliest(Command::wr, 0) == there + hbm.part.ticks("t_rcdwr"));
}

TEST_CASE("A precharge waits for tRAS, tRTP and the end of writes", "[arch][dram]") {
  for (const auto& name : shipped_parts()) {
    Probe probe{name};
    const Cycles act = probe.issue(Command::act, 0);
    const ResolvedPart& part = probe.part;
    const Cycles open = act + spacing(part, Command::act, Command::pre, "t_ras");
    INFO(name);
    REQUIRE(probe.earliest(Command::pre, 0) == open);
    REQUIRE(probe.earliest(Command::preab, 0) == open);
    probe.device.issue(Command::rd, 0, open);
    REQUIRE(probe.earliest(Command::pre, 0) ==
            open + spacing(part, Command::rd, Command::pre, read_to_precharge(part)));
    const Cycles wr = probe.issue(Command::wr, 0);
    REQUIRE(probe.earliest(Command::pre, 0) ==
            wr + spacing(part, Command::wr, Command::pre, write_latency(part) + " + burst + t_wr"));
    REQUIRE(probe.earliest(Command::pre, 1) == Cycles{0});
  }
}

TEST_CASE("Columns are spaced by group, rank and direction", "[arch][dram]") {
  Probe probe{"hbm3-6000-rngd"};
  const Cycles rd = probe.issue(Command::rd, 0);
  REQUIRE(probe.earliest(Command::rd, 1) == rd + probe.part.ticks("t_ccd_l"));
  REQUIRE(probe.earliest(Command::rd, probe.other_group()) == rd + probe.part.ticks("t_ccd_s"));
  REQUIRE(probe.earliest(Command::rd, probe.other_rank()) == rd + probe.part.ticks("t_ccd_r"));
  REQUIRE(probe.earliest(Command::wr, 1) == rd + probe.part.ticks("t_rtw"));
  const Cycles wr = probe.issue(Command::wr, 0);
  REQUIRE(probe.earliest(Command::rd, 1) == wr + probe.part.ticks("wl + burst + t_wtr_l"));
  REQUIRE(probe.earliest(Command::rd, probe.other_group()) ==
          wr + probe.part.ticks("wl + burst + t_wtr_s"));
}

TEST_CASE("The fifth activate waits for the first by tFAW", "[arch][dram]") {
  PartParams params = shipped_part("lpddr5-6400");
  params.timing.t_faw->ns = 60;
  const ResolvedPart part{params};
  Device device{part, kAll};
  const auto group = static_cast<std::size_t>(part.organisation.banks);
  Cycles first{0}, second{0};
  for (std::size_t i = 0; i < 6; ++i) {
    const std::size_t bank = i % 4 * group + i / 4;
    const Cycles at = std::max(device.floor(Command::act), device.earliest(Command::act, bank));
    if (i == 0) first = at;
    if (i == 1) second = at;
    if (i == 4) REQUIRE(at == first + part.ticks("t_faw"));
    if (i == 5) REQUIRE(at == second + part.ticks("t_faw"));
    device.issue(Command::act, bank, at);
  }
}

TEST_CASE("A refresh waits for precharges, and activates wait for the refresh", "[arch][dram]") {
  for (const auto& name : shipped_parts()) {
    Probe probe{name};
    const Command opens = probe.part.two_step_activate ? Command::act1 : Command::act;
    const Cycles pre = probe.issue(Command::preab, 0);
    REQUIRE(probe.earliest(Command::refab, 0) == pre + probe.part.ticks("t_rp_ab"));
    REQUIRE(probe.earliest(opens, 1) ==
            pre + spacing(probe.part, Command::preab, opens, "t_rp_ab"));
    const Cycles refresh = probe.issue(Command::refab, 0);
    REQUIRE(probe.earliest(opens, 1) ==
            refresh + spacing(probe.part, Command::refab, opens, "t_rfc_ab"));
  }
}

TEST_CASE("A burst in two halves lets one half of another into its pause", "[arch][dram]") {
  Probe probe{"lpddr5-6400@bl32"};
  const Cycles half{probe.part.burst_data.count() / 2}, whole = probe.part.burst_data;
  REQUIRE(probe.part.burst == whole + half);
  const Cycles first = probe.issue(Command::rd, 0);
  REQUIRE(probe.earliest(Command::rd, 0) == first + 2 * whole);
  REQUIRE(probe.earliest(Command::rd, probe.other_group()) == first + half);
  const auto next = [&](Cycles at) { return probe.device.outside_gaps(Command::rd, at); };
  REQUIRE(next(first + half) == first + half);
  REQUIRE(next(first + half + Cycles{1}) == first + probe.part.burst);
  REQUIRE(next(first + probe.part.burst) == first + probe.part.burst);
  probe.device.issue(Command::rd, probe.other_group(), first + half);
  REQUIRE(next(first + whole) == first + 2 * whole);
}

TEST_CASE("HBM3's activate takes three half clocks of the row bus, LPDDR5's commands one clock",
          "[arch][dram]") {
  const ResolvedPart hbm{shipped_part("hbm3-6400")};
  CommandBuses buses{hbm};
  buses.occupy(Command::act, Cycles{0});
  REQUIRE(buses.slot(Command::pre, Cycles{0}) == Cycles{3});  // the falling edge after R-F-R
  REQUIRE(buses.slot(Command::act, Cycles{0}) == Cycles{4});  // the next rising edge
  REQUIRE(buses.slot(Command::rd, Cycles{0}) == Cycles{0});   // a bus of its own
  buses.occupy(Command::rd, Cycles{0});
  REQUIRE(buses.slot(Command::wr, Cycles{0}) == Cycles{2});
  const ResolvedPart lpddr{shipped_part("lpddr5-6400")};
  CommandBuses bus{lpddr};
  bus.occupy(Command::act1, Cycles{5});
  REQUIRE(bus.slot(Command::rd, Cycles{5}) == Cycles{6});
}
