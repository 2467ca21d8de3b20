// SPDX-License-Identifier: Apache-2.0
// A SCALE-Sim configuration is a chip that loads, and whose array takes SCALE-Sim's cycles.
#include "traces/importers/scalesim_cfg.h"

#include <catch2/catch.hpp>
#include <fstream>
#include <sstream>

#include "arch/chip/chip.h"
#include "arch/pe/array.h"
#include "arch/spm/core_memory.h"
#include "tests/support/instructions.h"
#include "tests/support/temp_dir.h"

using namespace npulse;
using namespace npulse::importers;

namespace {

const std::string kSmall =
    tests::read_file(NPULSE_SOURCE_DIR "/tests/traces/importers/data/small.cfg");

arch::Chip chip_of(const std::string& config) {
  const tests::TempDir folder;
  const Imported imported = import_scalesim_cfg_text(config, "net.cfg", {});
  tests::write_file(folder / "chip.yaml", std::get<ChipYaml>(imported.product).text);
  return arch::load_chip(folder / "chip.yaml");
}

std::string replaced(std::string text, const std::string& what, const std::string& with) {
  const auto at = text.find(what);
  REQUIRE(at != std::string::npos);
  return text.replace(at, what.size(), with);
}

std::vector<Diagnostic> faults_in(const std::string& text, bool strict = false) {
  try {
    import_scalesim_cfg_text(text, "net.cfg", {.strict = strict, .dims = {}});
  } catch (const InputError& error) {
    return error.faults();
  }
  return {};
}

std::string config(const std::string& dataflow, const std::string& rows, const std::string& cols) {
  std::string text = replaced(kSmall, "Dataflow : ws", "Dataflow : " + dataflow);
  text = replaced(text, "ArrayHeight:    16", "ArrayHeight: " + rows);
  return replaced(text, "ArrayWidth:     8", "ArrayWidth: " + cols);
}

}  // namespace

TEST_CASE("A configuration becomes a chip of its figures, each with a source",
          "[importers][scalesim-cfg]") {
  const arch::Chip chip = chip_of(kSmall);
  CHECK(chip.params.name == "small_array");
  CHECK(chip.params.pe.systolic.rows == 16);
  CHECK(chip.params.pe.systolic.cols == 8);
  CHECK(chip.params.pe.systolic.dataflow == arch::Dataflow::ws);
  CHECK(chip.params.spm.capacity == Bytes{(64 + 32) << 10});
  CHECK(chip.params.acc.capacity == Bytes{16 << 10});
  CHECK(chip.params.dma.bytes_per_cycle == 10);
  const auto text =
      std::get<ChipYaml>(import_scalesim_cfg_text(kSmall, "net.cfg", {}).product).text;
  std::istringstream lines{text};
  for (std::string line; std::getline(lines, line);) {
    CAPTURE(line);
    CHECK((line.front() == '#' || line.back() == ':' || line.find("  # ") != line.npos));
  }
}

TEST_CASE("The imported arrays take SCALE-Sim's 48 totals to the cycle",
          "[importers][scalesim-cfg][fidelity]") {
  std::ifstream in{NPULSE_SOURCE_DIR "/tests/fidelity/data/scalesim_v3_gemm_cycles.csv"};
  std::string line;
  std::getline(in, line);
  int rows = 0;
  for (; std::getline(in, line); ++rows) {
    std::istringstream words{line};
    std::vector<std::string> cells;
    for (std::string cell; std::getline(words, cell, ',');) cells.push_back(cell);
    const arch::Chip chip = chip_of(config(cells.at(0), cells.at(1), cells.at(2)));
    arch::Scratchpad spm{chip.params.spm}, acc{chip.params.acc};
    arch::CoreMemory memory{spm, acc};
    arch::Array array{chip.params.pe, memory};
    const auto run = array.execute(
        Cycles{0},
        test::mm(std::stoll(cells.at(3)), std::stoll(cells.at(4)), std::stoll(cells.at(5))));
    CAPTURE(line);
    CHECK(run.finish == Cycles{std::stoll(cells.at(6))});
    CHECK(run.outcome.stalled == Cycles{0});
  }
  CHECK(rows == 48);
}

TEST_CASE("Chips of any size load", "[importers][scalesim-cfg]") {
  for (const std::string side : {"1", "3", "256", "4096"}) {
    const std::string text = config("os", side, side);
    CHECK(chip_of(text).params.pe.systolic.rows == std::stoll(side));
    CHECK(chip_of(replaced(text, "USER", "CALC")).params.dma.bytes_per_cycle >= 1);
    CHECK(chip_of(replaced(text, "20, 10", "16384")).params.dma.bytes_per_cycle == 16384);
    CHECK(chip_of(replaced(text, "OfmapSramSzkB:  16", "OfmapSramSzkB: 1")).params.acc.banks == 1);
  }
}

TEST_CASE("What is wrong with a configuration is named in one pass", "[importers][scalesim-cfg]") {
  std::string text =
      replaced(kSmall, "ArrayWidth:     8", "ArrayWidht: 8\nArrayHeight: 9\nnonsense");
  text = replaced(text, "Dataflow : ws", "Dataflow : rs");
  text = replaced(text, "20, 10", "20, x");
  text = replaced(text, "USER", "user");
  std::string all;
  for (const Diagnostic& fault : faults_in(text)) all += fault.text() + "\n";
  for (const std::string says :
       {"net.cfg:8:1: 'ArrayHeight' stands twice", "net.cfg:9:1: is neither [section]",
        "[architecture_presets] ArrayWidth is missing; is 'ArrayWidht' meant?",
        "Dataflow 'rs' is unknown; allowed: os, ws, is", "InterfaceBandwidth 'user' is unknown"}) {
    CHECK_THAT(all, Catch::Contains(says));
  }
  CHECK(faults_in(replaced(kSmall, "20, 10", "20, x")).at(0).where == "net.cfg:15:1");
  CHECK(faults_in("x = 1\n").at(0).text() == "net.cfg:1:1: stands before the first [section]");
}

TEST_CASE("Strict asks for the sections that SCALE-Sim asks for", "[importers][scalesim-cfg]") {
  CHECK(faults_in(kSmall, true).empty());
  const std::string bare = kSmall.substr(0, kSmall.find("[sparsity]"));
  CHECK(faults_in(bare).empty());
  CHECK(faults_in(bare, true).size() == 2);
}
