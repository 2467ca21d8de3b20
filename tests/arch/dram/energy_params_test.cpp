// SPDX-License-Identifier: Apache-2.0
// What the energy of a part must say, and how it is refused otherwise.
#include <catch2/catch.hpp>

#include "arch/dram/part_file.h"
#include "sim/core/config.h"

using namespace npulse;
using namespace npulse::dram;

namespace {

const Catalogue kCatalogue{NPULSE_SOURCE_DIR "/configs"};

/// Reads lpddr5-6400 with one thing changed.
PartParams changed(const std::string& path, const std::string& value,
                   const std::string& part = "lpddr5-6400") {
  ConfigFile file = part_config(kCatalogue, part);
  file.set(path, value);
  return read<PartParams>(file);
}

void require_refused(const std::string& path, const std::string& value, const std::string& where,
                     const std::string& why, const std::string& part = "lpddr5-6400") {
  CAPTURE(path, value);
  REQUIRE_THROWS_WITH(changed(path, value, part), Catch::Contains(where) && Catch::Contains(why));
}

}  // namespace

TEST_CASE("A part needs figures or currents, not both and not none", "[arch][dram]") {
  require_refused("energy.currents", "null", "energy", "needs figures or currents");
  require_refused("energy",
                  "{figures: {activate_pj: 1, read_pj_per_bit: 1, write_pj_per_bit: 1, "
                  "io_read_pj_per_bit: 1, io_write_pj_per_bit: 1, refresh_pj: 1, "
                  "active_standby_mw: 1, precharge_standby_mw: 1, active_power_down_mw: 1, "
                  "precharge_power_down_mw: 1, self_refresh_mw: 1}, currents: {rate_mtps: 1000, "
                  "volts: {}, idd0: {}, idd2n: {}, idd2p: {}, idd3n: {}, idd3p: {}, idd4r: {}, "
                  "idd4w: {}, idd5: {}, idd6: {}}}",
                  "energy", "one of them must go");
}

TEST_CASE("No figure and no current may be left out", "[arch][dram]") {
  require_refused("energy.figures", "{activate_pj: 1}", "precharge_power_down_mw", "missing",
                  "hbm3-6400");
  require_refused("energy.currents", "{rate_mtps: 1000}", "idd2p", "missing");
}

TEST_CASE("Every current names every rail, and no other", "[arch][dram]") {
  require_refused("energy.currents.idd2p", "{vdd1: 1, vddq: 1}", "energy.currents.idd2p",
                  "must be those of volts, vdd1, vdd2h, vdd2l, vddq");
  require_refused("energy.currents.idd5pb", "{vdd3: 1}", "energy.currents.idd5pb", "vdd3");
}

TEST_CASE("A command adds to the current of its state", "[arch][dram]") {
  require_refused("energy.currents.idd4r.vdd2h", "39", "energy.currents.idd4r.vdd2h",
                  "at least idd3n = 40");
  require_refused("energy.currents.idd5.vdd2h", "20", "energy.currents.idd5.vdd2h",
                  "at least idd2n = 32.5");
  require_refused("energy.currents.idd0.vdd1", "1", "energy.currents.idd0.vdd1",
                  "at least idd2n = 1.5");
  require_refused("energy.currents.idd6.vdd1", "-1", "energy.currents.idd6.vdd1", "at least 0");
}

TEST_CASE("One current of one rail can be changed", "[arch][dram]") {
  const PartParams part = changed("energy.currents.idd4r.vdd2h", "400");
  REQUIRE(part.energy.currents->idd4r.at("vdd2h") == 400);
  REQUIRE(part.energy.currents->idd4r.at("vdd1") > 0);
}
