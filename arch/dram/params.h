// SPDX-License-Identifier: Apache-2.0
// A DRAM part (what a data sheet says), its controller and the address mapping, described once.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "arch/dram/energy_params.h"
#include "arch/dram/timings.h"
#include "sim/core/enum_names.h"
#include "sim/core/error.h"
#include "sim/core/params.h"
#include "sim/core/units.h"

namespace npulse::dram {

/// Which rule table a part obeys (rules.h).
enum class Family : std::uint8_t { lpddr4, lpddr5, hbm2, hbm3, gddr6, ddr5 };
std::span<const EnumName<Family>> enum_names(Family);

/// Counts inside one channel; a channel is what has command buses of its own.
struct Organisation {
  std::int64_t width_bits = 16;
  std::int64_t burst_length = 16;
  std::int64_t pseudo_channels = 1;
  std::int64_t ranks = 1;
  std::int64_t bank_groups = 4;
  std::int64_t banks = 4;
  std::int64_t rows = 65536;
  std::int64_t row_bytes = 2048;
  std::int64_t burst_pause = 0;
  std::int64_t refpb_banks = 1;

  template <class V>
  static void describe(V& field) {
    using T = Organisation;
    field("width_bits", &T::width_bits, "bit", "Data width of a pseudo-channel.", between(1, 1024));
    field("burst_length", &T::burst_length, "", "Beats of a burst.", between(1, 64));
    field("burst_pause", &T::burst_pause, "",
          "Beats without data between the halves of a burst (LPDDR5, BL32 in BG mode).",
          between(0, 64));
    field("pseudo_channels", &T::pseudo_channels, "count",
          "Pseudo-channels that share the command buses of a channel.", between(1, 2));
    field("ranks", &T::ranks, "count", "Ranks (LPDDR) or stack IDs (HBM).", between(1, 8));
    field("bank_groups", &T::bank_groups, "count", "Bank groups of a rank.", between(1, 16));
    field("banks", &T::banks, "count", "Banks of a bank group.", between(1, 16));
    field("rows", &T::rows, "count", "Rows of a bank.", between(1, 1 << 24));
    field("row_bytes", &T::row_bytes, "B", "Row of one bank (page).", between(32, 65536));
    field("refpb_banks", &T::refpb_banks, "count",
          "Banks that one per-bank refresh covers; their numbers differ in the highest bits.",
          between(1, 16));
  }
  void check(Faults& faults, const std::string& path) const;

  std::int64_t burst_bytes() const { return width_bits * burst_length / 8; }
  std::int64_t bursts_per_row() const { return row_bytes / burst_bytes(); }
  /// Banks of a pseudo-channel, over all ranks and groups.
  std::int64_t total_banks() const { return ranks * bank_groups * banks; }
  std::int64_t channel_bytes() const { return pseudo_channels * total_banks() * rows * row_bytes; }
};

/// How a burst is written that is covered partly. merge: it is read first. data_mask: by mask pins,
/// at no cost. masked_write: by a command of its own (t_ccdmw).
enum class PartialWrite : std::uint8_t { merge, data_mask, masked_write };
std::span<const EnumName<PartialWrite>> enum_names(PartialWrite);

/// How bytes are spread over channels, banks and rows (map_bits.h explains the presets).
enum class MapPreset : std::uint8_t {
  bgi,
  bgi_xor,
  rbc,
  rngd,
  robaracoch,
  rorabacoch,
  rocorabach,
  chrabaroco,
  mop4clxor
};
std::span<const EnumName<MapPreset>> enum_names(MapPreset);

struct MappingParams {
  MapPreset preset = MapPreset::bgi_xor;
  std::int64_t granule_bytes = 256;
  std::map<std::string, std::vector<std::string>> bits;

  template <class V>
  static void describe(V& field) {
    using T = MappingParams;
    field("preset", &T::preset, "", "Order of the fields, when `bits` is not given.");
    field("granule_bytes", &T::granule_bytes, "B",
          "Bytes in a row before a preset goes to the next channel.", between(32, 1 << 20));
    field("bits", &T::bits, "",
          "Free map: for each field its bits from 0 up, each the address bits that it XORs, as in "
          "`9^13^17`.");
  }
  void check(Faults& faults, const std::string& path) const;
};

struct PartParams {
  std::string name;
  Family family = Family::lpddr5;
  std::int64_t rate_mtps = 6400;
  std::int64_t channels = 1;
  Organisation organisation;
  PartialWrite partial_write = PartialWrite::merge;
  Timings timing;
  EnergyParams energy;
  MappingParams mapping;
  std::map<std::string, std::map<std::string, std::string>> variants;

  template <class V>
  static void describe(V& field) {
    using T = PartParams;
    field("name", &T::name, "", "Standard and speed bin.");
    field("family", &T::family, "", "Standard whose rules it obeys.");
    field("rate_mtps", &T::rate_mtps, "MT/s", "Transfers a second on a data pin.",
          between(100, 100000));
    field("channels", &T::channels, "count", "Typical number of channels.", between(1, 1024));
    field("organisation", &T::organisation, "", "Counts inside a channel.");
    field("partial_write", &T::partial_write, "", "How a part of a burst is written.");
    field("timing", &T::timing, "", "Timings by their JEDEC names.");
    field("energy", &T::energy, "", "Energy of the devices alone; the chip prices its own PHY.");
    field("mapping", &T::mapping, "", "Address mapping unless the chip says otherwise.");
    field("variants", &T::variants, "",
          "Other densities and modes: what `name@VARIANT` changes, by path.");
  }
  void check(Faults& faults, const std::string& path) const;
};

}  // namespace npulse::dram
