// SPDX-License-Identifier: Apache-2.0
// Closed forms hold through whole runs: SCALE-Sim's totals as busy cycles of the matrix queue, and
// a Llama layer against the bandwidth of two memories and the rate of the matrix units.
#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <fstream>

#include "tests/support/runs.h"

using namespace npulse;
using namespace npulse::arch;
using namespace npulse::test;

namespace {

struct Row {
  std::string dataflow;
  std::int64_t rows = 0, cols = 0, m = 0, n = 0, k = 0, total = 0;
};

std::vector<Row> reference() {
  std::ifstream in{NPULSE_SOURCE_DIR "/tests/fidelity/data/scalesim_v3_gemm_cycles.csv"};
  std::string line;
  std::getline(in, line);
  std::vector<Row> rows;
  while (std::getline(in, line)) {
    std::replace(line.begin(), line.end(), ',', ' ');
    Row row;
    std::istringstream{line} >> row.dataflow >> row.rows >> row.cols >> row.m >> row.n >> row.k >>
        row.total;
    rows.push_back(row);
  }
  return rows;
}

/// The small chip with the row's array and on-chip memories that are never late.
Chip chip_of(const Row& row) {
  return load_chip(
      "edu-8x8",
      {{},
       {fmt::format("pe.systolic.rows={}", row.rows), fmt::format("pe.systolic.cols={}", row.cols),
        "pe.systolic.dataflow=" + row.dataflow, "pe.systolic.weight_buffers=1",
        "pe.read_bytes_per_cycle=1048576", "pe.write_bytes_per_cycle=1048576", "spm.banks=65536",
        "spm.capacity=256 MiB", "acc.banks=65536", "acc.capacity=256 MiB"}});
}

/// Loads both operands, waits, multiplies.
std::string program_of(const Row& row) {
  return fmt::format(R"(.npu 1.0
.target edu-8x8
.queue ld dma
.queue st dma
.queue mx matrix
.queue vec vector
core 0 {{
  ld: dma dst=spm:0x0 src=dram:0x0 shape=[{0},{2}]
  ld: dma dst=spm:0x1000000 src=dram:0x1000000 shape=[{2},{1}]
  bar core
  mx: mm a=spm:0x0 b=spm:0x1000000 c=acc:0x0 m={0} n={1} k={2}
}}
)",
                     row.m, row.n, row.k);
}

Report layer(const std::string& memory, lowering::Phase phase = lowering::Phase::decode) {
  return run_model("llama-3.1-8b", load_chip("rngd", {memory, {}}), fp8_layers(0, 2, phase));
}

}  // namespace

TEST_CASE("SCALE-Sim v3's totals are the busy cycles of the matrix queue", "[fidelity]") {
  for (const Row& row : reference()) {
    CAPTURE(row.dataflow, row.rows, row.cols, row.m, row.n, row.k);
    const Report report = run_text(program_of(row), chip_of(row));
    REQUIRE(queue(report, "c0.mx").busy == Cycles{row.total});
    REQUIRE(report.macs == row.m * row.n * row.k);
  }
}

TEST_CASE("Decode is bounded by memory, at 75 to 97 % of its peak, on HBM and on LPDDR",
          "[fidelity][llm]") {
  const Report hbm = layer("hbm3-6000-rngd"), lpddr = layer("lpddr5x-8533");
  for (const Report* report : {&hbm, &lpddr}) {
    INFO(report->memory.part);
    CHECK(report->bound.by == "memory");
    CHECK(memory_use(*report) >= 0.75);
    CHECK(memory_use(*report) <= 0.97);
  }
  const double latencies = lpddr.latency_s / hbm.latency_s;
  const double bandwidths = hbm.memory.peak_bytes_per_s / lpddr.memory.peak_bytes_per_s;
  CHECK(latencies == Approx(bandwidths).epsilon(0.15));
}

TEST_CASE("Prefill of 2048 tokens is bounded by the matrix units", "[fidelity][llm]") {
  const auto chip = load_chip("rngd");
  const Report report = run_model("llama-3.1-8b", chip, fp8_layers(0, 1, lowering::Phase::prefill));
  CHECK(report.bound.by == "matrix");
  CHECK(report.roofline.attainable_macs_per_s == report.roofline.peak_macs_per_s);
  CHECK(report.roofline.macs_per_s >= 0.6 * report.roofline.peak_macs_per_s);
}
