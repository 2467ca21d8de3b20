// SPDX-License-Identifier: Apache-2.0
// What a part's energy is worked out from: currents of a data sheet, or figures a command.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "sim/core/error.h"
#include "sim/core/params.h"

namespace npulse::dram {

/// Energies and powers of all supply rails together, for parts without published currents.
struct EnergyFigures {
  double activate_pj = 0;
  double read_pj_per_bit = 0, write_pj_per_bit = 0;
  double io_read_pj_per_bit = 0, io_write_pj_per_bit = 0;
  double refresh_pj = 0;
  double active_standby_mw = 0, precharge_standby_mw = 0;
  double active_power_down_mw = 0, precharge_power_down_mw = 0;
  double self_refresh_mw = 0;

  template <class V>
  static void describe(V& field) {
    using T = EnergyFigures;
    const auto figure = [&](const char* name, double T::*member, const char* unit,
                            const char* doc) {
      field(name, member, unit, doc, required(at_least(0)));
    };
    figure("activate_pj", &T::activate_pj, "pJ", "Opening and closing one row.");
    figure("read_pj_per_bit", &T::read_pj_per_bit, "pJ/bit", "Column read.");
    figure("write_pj_per_bit", &T::write_pj_per_bit, "pJ/bit", "Column write.");
    figure("io_read_pj_per_bit", &T::io_read_pj_per_bit, "pJ/bit", "Driving read data.");
    figure("io_write_pj_per_bit", &T::io_write_pj_per_bit, "pJ/bit", "Receiving write data.");
    figure("refresh_pj", &T::refresh_pj, "pJ",
           "One all-bank refresh of a pseudo-channel; one of a set of banks costs its share.");
    figure("active_standby_mw", &T::active_standby_mw, "mW", "Power of a channel, rows open.");
    figure("precharge_standby_mw", &T::precharge_standby_mw, "mW",
           "Power of a channel, no row open.");
    figure("active_power_down_mw", &T::active_power_down_mw, "mW",
           "Power-down of a channel, rows open.");
    figure("precharge_power_down_mw", &T::precharge_power_down_mw, "mW",
           "Power-down of a channel, no row open.");
    figure("self_refresh_mw", &T::self_refresh_mw, "mW", "Self-refresh of a channel.");
  }
};

/// By supply rail: `vdd1`, `vdd2h`, `vddq`, ...; what bursts draw from `vddq` is I/O.
using ByRail = std::map<std::string, double>;
constexpr const char* kIoRail = "vddq";

/// Currents of one device as JEDEC names them; every one names every rail.
struct SupplyCurrents {
  std::int64_t rate_mtps = 0;
  std::int64_t devices = 1;
  std::int64_t idd3n_banks = 1;
  ByRail volts;
  ByRail idd0, idd2n, idd2p, idd3n, idd3p, idd4r, idd4w, idd5, idd6;
  std::optional<ByRail> idd5pb;

  template <class V>
  static void describe(V& field) {
    using T = SupplyCurrents;
    field("rate_mtps", &T::rate_mtps, "MT/s",
          "Transfers a second while idd4r and idd4w were taken.", required(between(100, 100000)));
    field("devices", &T::devices, "count", "Devices side by side that make up the data width.",
          between(1, 16));
    field("idd3n_banks", &T::idd3n_banks, "count", "Banks open while idd3n was taken.",
          between(1, 64));
    const auto by_rail = [&](const char* name, ByRail T::*member, const char* unit,
                             const char* doc) {
      field(name, member, unit, doc, required(at_least(0)));
    };
    by_rail("volts", &T::volts, "V", "The supply rails.");
    by_rail("idd0", &T::idd0, "mA", "A row of one bank opened and closed every tRC.");
    by_rail("idd2n", &T::idd2n, "mA", "Standby, no row open.");
    by_rail("idd2p", &T::idd2p, "mA", "Power-down, no row open.");
    by_rail("idd3n", &T::idd3n, "mA", "Standby, rows open.");
    by_rail("idd3p", &T::idd3p, "mA", "Power-down, rows open.");
    by_rail("idd4r", &T::idd4r, "mA", "Reads without a gap.");
    by_rail("idd4w", &T::idd4w, "mA", "Writes without a gap.");
    by_rail("idd5", &T::idd5, "mA", "All-bank refreshes every tRFCab (IDD5B of DDR5).");
    by_rail("idd6", &T::idd6, "mA", "Self-refresh.");
    field("idd5pb", &T::idd5pb, "mA",
          "Per-bank refreshes every tREFIpb; when absent, one costs its share of an all-bank one.",
          at_least(0));
  }
  void check(Faults& faults, const std::string& path) const;
};

struct EnergyParams {
  std::optional<EnergyFigures> figures;
  std::optional<SupplyCurrents> currents;

  template <class V>
  static void describe(V& field) {
    using T = EnergyParams;
    field("figures", &T::figures, "", "Energies a command and powers a state; or `currents`.");
    field("currents", &T::currents, "", "Currents by supply rail; or `figures`.");
  }
  void check(Faults& faults, const std::string& path) const;
};

}  // namespace npulse::dram
