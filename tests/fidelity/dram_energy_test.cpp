// SPDX-License-Identifier: Apache-2.0
// What a stream costs on each standard against published figures: data/dram_energy.csv.
#include <catch2/catch.hpp>
#include <fstream>
#include <sstream>

#include "arch/dram/energy.h"
#include "tests/support/dram_traffic.h"

using namespace npulse;
using namespace npulse::dram;
using namespace npulse::testing;

namespace {

struct Row {
  std::string part;
  double pj_per_bit = 0, tolerance_pct = 0;
  std::string difference;
};

std::vector<Row> rows() {
  std::ifstream file{NPULSE_SOURCE_DIR "/tests/fidelity/data/dram_energy.csv"};
  REQUIRE(file);
  std::vector<Row> rows;
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("#") || line.starts_with("part,")) continue;
    Row row;
    std::istringstream fields{line};
    std::string number;
    std::getline(fields, row.part, ',');
    std::getline(fields, number, ',');
    row.pj_per_bit = std::stod(number);
    std::getline(fields, number, ',');
    row.tolerance_pct = std::stod(number);
    std::getline(fields, row.difference, ',');
    rows.push_back(row);
  }
  return rows;
}

/// Sequential reads on one channel in a closed loop.
double stream_pj_per_bit(const std::string& name) {
  const PartParams params = shipped_part(name);
  const ResolvedPart part{params};
  const std::int64_t burst = part.organisation.burst_bytes();
  const AddressMap map{part.organisation, 1, params.mapping};
  const auto channel = make_reference_channel(part, {});
  const CompletionLog log = drive(*channel, 40'000, run_stream(map, burst));
  const ChannelCounts& counts = channel->counts();
  const DramEnergy energy = dram_energy(params, counts, 1, part.clock.time_of(log.last()));
  return energy.total() * 1e12 / (8.0 * static_cast<double>(burst * counts.bursts()));
}

}  // namespace

TEST_CASE("A stream costs what is published, within the tolerance of each source", "[fidelity]") {
  for (const Row& row : rows()) {
    const double ours = stream_pj_per_bit(row.part);
    const double off = 100 * (ours / row.pj_per_bit - 1);
    INFO(row.part << ": " << ours << " pJ/bit, published " << row.pj_per_bit << " ("
                  << row.difference << "), " << off << " %");
    CHECK(std::abs(off) <= row.tolerance_pct);
  }
}

TEST_CASE("The standards are ordered as published", "[fidelity]") {
  // facts/dram_energy_pj_per_bit.csv: HBM below LPDDR5, that below LPDDR4, that below DDR5.
  const double hbm3 = stream_pj_per_bit("hbm3-6400"), lpddr5x = stream_pj_per_bit("lpddr5x-7500"),
               lpddr4 = stream_pj_per_bit("lpddr4-3200"), ddr5 = stream_pj_per_bit("ddr5-4800");
  CHECK(hbm3 < lpddr5x);
  CHECK(lpddr5x < lpddr4);
  CHECK(lpddr4 < ddr5);
}
