// SPDX-License-Identifier: Apache-2.0
// The reference engine against published simulators on the same requests: data/dram_streams.csv.
#include <catch2/catch.hpp>
#include <fstream>
#include <map>
#include <sstream>

#include "tests/support/dram_traffic.h"

using namespace npulse;
using namespace npulse::dram;
using namespace npulse::testing;

namespace {

constexpr std::uint64_t kRegion = 1u << 30;
/// The simulators ran a million requests; 150,000 differ from that by less than 0.1 % of peak.
constexpr std::uint64_t kRequests = 150'000;

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

/// The i-th address as make_dram_streams.py gives it.
Address address_of(const std::string& pattern, std::uint64_t i, std::uint64_t burst) {
  if (pattern == "seq") return i * burst % kRegion;
  if (pattern == "rand") return splitmix(i) % (kRegion / burst) * burst;
  return tile_address(i, burst);
}

/// `part/mapping/refresh[/qN]` and a pattern, in the words of the data file.
struct Setup {
  std::string standard, mapping, refresh, pattern;
  std::int64_t window = 32;
  auto operator<=>(const Setup&) const = default;
};

PartParams part_of(const Setup& setup) {
  const std::map<std::string, std::string> parts{{"LPDDR4-3200", "lpddr4-3200"},
                                                 {"LPDDR5-6400", "lpddr5-6400@8Gb"},
                                                 {"HBM2-J2000", "hbm2-2000-dramsys"}};
  PartParams part = shipped_part(parts.at(setup.standard));
  if (setup.refresh == "noref") part.timing.t_refi->ck = 1'000'000'000;
  if (setup.refresh == "AB-wckon") part.timing.t_wckpst->ck = 1'000'000;
  return part;
}

/// Percent of the peak in a closed loop: one source, one burst a request, the next is offered when
/// the last one is in the window. The window of those simulators is a channel's, ours a
/// pseudo-channel's.
double share_of_peak(const Setup& setup) {
  const ResolvedPart part{part_of(setup)};
  const Organisation& o = part.organisation;
  REQUIRE((setup.pattern == "seq" || setup.pattern == "rand" || setup.pattern == "tile"));
  const MapPreset preset = *parse_enum<MapPreset>(setup.mapping);
  const AddressMap map{o, 1, {preset, o.burst_bytes(), {}}};
  ControllerParams controller;
  controller.queue_bursts = setup.window / o.pseudo_channels;
  controller.backlog_bursts = 1;
  const auto channel = make_reference_channel(part, controller);
  const auto source = [&](std::uint64_t i) {
    Request request;
    request.at =
        map.decode(address_of(setup.pattern, i, static_cast<std::uint64_t>(o.burst_bytes()))).at;
    return request;
  };
  const CompletionLog log = drive(*channel, kRequests, source, Cycles{1});
  return 100 * static_cast<double>(channel->counts().data_ticks) /
         static_cast<double>(o.pseudo_channels * log.last().count());
}

double measured(const Setup& setup) {
  static std::map<Setup, double> known;  // several simulators have the same setup
  const auto found = known.find(setup);
  return found != known.end() ? found->second : known[setup] = share_of_peak(setup);
}

std::vector<std::string> split(const std::string& line, char separator) {
  std::vector<std::string> fields;
  std::istringstream stream{line};
  for (std::string field; std::getline(stream, field, separator);) fields.push_back(field);
  return fields;
}

Setup setup_of(const std::string& configuration, const std::string& pattern) {
  const auto words = split(configuration, '/');
  Setup setup{words.at(0), words.at(1), words.at(2), pattern};
  if (words.size() > 3) setup.window = std::stoll(words.at(3).substr(1));
  return setup;
}

}  // namespace

TEST_CASE("Streams reach the share of peak that published simulators give", "[fidelity][dram]") {
  std::ifstream file{NPULSE_SOURCE_DIR "/tests/fidelity/data/dram_streams.csv"};
  int rows = 0;
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with('#') || line.starts_with("simulator")) continue;
    const auto fields = split(line, ',');
    const double published = std::stod(fields.at(3)), tolerance = std::stod(fields.at(4)) / 100;
    const double ours = measured(setup_of(fields.at(1), fields.at(2)));
    INFO(line << ": ours " << ours);
    CHECK(ours == Approx(published).epsilon(tolerance));
    ++rows;
  }
  REQUIRE(rows == 54);
}

TEST_CASE("Analytic bounds hold and are nearly reached", "[fidelity][dram]") {
  // A shared row bus: an activate of two clocks and a precharge of one for each burst of two, over
  // two pseudo-channels. tFAW: four bursts of 8 clocks in 64, or of 2 in 16.
  const double row_bus = 100.0 * 2 / (2 * (2 + 1)), faw = 50;
  const auto check = [](const Setup& setup, double bound, double least) {
    INFO(setup.standard << " " << setup.pattern << ": ours " << measured(setup));
    CHECK(measured(setup) <= 1.001 * bound);  // the first rows need no precharge
    CHECK(measured(setup) >= least * bound);
  };
  check({"HBM2-J2000", "bgi", "noref", "rand", 128}, row_bus, 0.99);
  check({"HBM2-J2000", "bgi", "noref", "tile"}, row_bus, 0.99);
  check({"LPDDR4-3200", "rbc", "noref", "rand"}, faw, 0.96);
  check({"LPDDR5-6400", "bgi", "noref", "rand", 128}, faw, 0.96);
  for (const auto& [standard, mapping] : std::map<std::string, std::string>{
           {"LPDDR4-3200", "rbc"}, {"LPDDR5-6400", "bgi"}, {"HBM2-J2000", "bgi"}}) {
    const Setup setup{standard, mapping, "AB", "seq"};
    const ResolvedPart part{part_of(setup)};
    const double refresh = static_cast<double>(part.ticks("t_rfc_ab").count()) /
                           static_cast<double>(part.t_refi.count());
    check(setup, 100 * (1 - refresh), 0.98);
  }
}
