// SPDX-License-Identifier: Apache-2.0
// The array on chip memories wide enough never to be late takes SCALE-Sim v3's cycles.
#include <catch2/catch.hpp>
#include <fstream>
#include <sstream>

#include "arch/pe/array.h"
#include "arch/spm/core_memory.h"
#include "tests/support/instructions.h"

using namespace npulse;
using namespace npulse::arch;

namespace {

struct Row {
  PeParams params;
  std::int64_t m = 0, n = 0, k = 0, total = 0;
};

constexpr std::int64_t kWide = 1 << 20;

Row parse(const std::string& line) {
  std::istringstream in{line};
  std::vector<std::string> cells;
  for (std::string cell; std::getline(in, cell, ',');) cells.push_back(cell);
  Row row;
  row.params.systolic.dataflow = parse_enum<Dataflow>(cells.at(0)).value();
  row.params.systolic.rows = std::stoll(cells.at(1));
  row.params.systolic.cols = std::stoll(cells.at(2));
  row.params.read_bytes_per_cycle = row.params.write_bytes_per_cycle = kWide;
  row.m = std::stoll(cells.at(3));
  row.n = std::stoll(cells.at(4));
  row.k = std::stoll(cells.at(5));
  row.total = std::stoll(cells.at(6));
  return row;
}

std::vector<Row> reference() {
  std::ifstream in{NPULSE_SOURCE_DIR "/tests/fidelity/data/scalesim_v3_gemm_cycles.csv"};
  std::string line;
  std::getline(in, line);
  std::vector<Row> rows;
  while (std::getline(in, line)) rows.push_back(parse(line));
  return rows;
}

}  // namespace

TEST_CASE("SCALE-Sim v3's 48 totals are met to the cycle", "[fidelity]") {
  const auto rows = reference();
  REQUIRE(rows.size() == 48);
  SpmParams wide;
  wide.banks = kWide / wide.width.count();
  for (const Row& row : rows) {
    Scratchpad spm{wide}, acc{wide};
    CoreMemory memory{spm, acc};
    Array array{row.params, memory};
    const auto execution = array.execute(Cycles{0}, test::mm(row.m, row.n, row.k));
    CAPTURE(to_string(row.params.systolic.dataflow), row.params.systolic.rows, row.m, row.n, row.k);
    REQUIRE(execution.finish == Cycles{row.total});
    REQUIRE(execution.outcome.stalled == Cycles{0});
  }
}
