// SPDX-License-Identifier: Apache-2.0
#include "tests/fidelity/stream_setup.h"

#include <fstream>
#include <map>
#include <sstream>

#include "sim/core/enum_choice.h"
#include "tests/support/dram_traffic.h"

namespace npulse::testing {
namespace {

using namespace npulse::dram;

constexpr std::uint64_t kRegion = 1u << 30;

std::uint64_t splitmix(std::uint64_t i) {
  std::uint64_t z = 1 + (i + 1) * 0x9E3779B97F4A7C15u;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
  return z ^ (z >> 31);
}

/// Tiles of 64 rows of 256 bytes from a matrix of rows of 8 KiB, left to right, then down.
Address tile_address(std::uint64_t i, std::uint64_t burst) {
  constexpr std::uint64_t kPitch = 8192, kWidth = 256, kHeight = 64;
  const std::uint64_t per_row = kWidth / burst;
  const std::uint64_t x = i % per_row, y = i / per_row % kHeight, tile = i / (per_row * kHeight);
  const std::uint64_t across = tile % (kPitch / kWidth), down = tile / (kPitch / kWidth);
  return ((down * kHeight + y) * kPitch + across * kWidth + x * burst) % kRegion;
}

std::vector<std::string> split(const std::string& line, char separator) {
  std::vector<std::string> fields;
  std::istringstream stream{line};
  for (std::string field; std::getline(stream, field, separator);) fields.push_back(field);
  return fields;
}

StreamSetup setup_of(const std::string& configuration, const std::string& pattern) {
  const auto words = split(configuration, '/');
  StreamSetup setup{words.at(0), words.at(1), words.at(2), pattern};
  if (words.size() > 3) setup.window = std::stoll(words.at(3).substr(1));
  return setup;
}

MapPreset preset_of(const std::string& mapping) {
  return choose<MapPreset>("mapping", mapping == "native(RoBaRaCoCh)" ? "robaracoch" : mapping);
}

}  // namespace

std::vector<PublishedStream> published_streams() {
  std::ifstream file{NPULSE_SOURCE_DIR "/tests/fidelity/data/dram_streams.csv"};
  std::vector<PublishedStream> rows;
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with('#') || line.starts_with("simulator")) continue;
    const auto f = split(line, ',');
    rows.push_back({f.at(0), setup_of(f.at(1), f.at(2)), std::stod(f.at(3)),
                    std::stod(f.at(4)) / 100, f.at(5), std::stod(f.at(6)) / 100, line});
  }
  return rows;
}

PartParams part_of(const StreamSetup& setup) {
  const std::map<std::string, std::string> parts{{"LPDDR4-3200", "lpddr4-3200"},
                                                 {"LPDDR5-6400", "lpddr5-6400@8Gb"},
                                                 {"HBM2-J2000", "hbm2-2000-dramsys"}};
  PartParams part = shipped_part(parts.at(setup.standard));
  if (setup.refresh == "noref") part.timing.t_refi->ck = 1'000'000'000;
  if (setup.refresh == "AB-wckon") part.timing.t_wckpst->ck = 1'000'000;
  return part;
}

StreamPlaces::StreamPlaces(const StreamSetup& setup)
    : pattern_{setup.pattern},
      burst_{static_cast<std::uint64_t>(part_of(setup).organisation.burst_bytes())},
      map_{part_of(setup).organisation,
           1,
           {preset_of(setup.mapping), static_cast<std::int64_t>(burst_), {}}} {
  ensure(pattern_ == "seq" || pattern_ == "rand" || pattern_ == "tile", "an unknown pattern");
}

DecodedAddress StreamPlaces::operator()(std::uint64_t i) const {
  if (pattern_ == "seq") return map_.decode(i * burst_ % kRegion).at;
  if (pattern_ == "rand") return map_.decode(splitmix(i) % (kRegion / burst_) * burst_).at;
  return map_.decode(tile_address(i, burst_)).at;
}

}  // namespace npulse::testing
