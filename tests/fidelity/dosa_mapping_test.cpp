// SPDX-License-Identifier: Apache-2.0
// Layers in the tiles that DOSA chose for Gemmini, given as a user gives them, against the cycles
// of the RTL; docs/fidelity.md says what is left out and how far off the rest is.
#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <cmath>
#include <fstream>
#include <sstream>

#include "arch/chip/run.h"
#include "arch/chip/targets.h"
#include "isa/memory_program.h"
#include "tests/fidelity/gemmini_rows.h"
#include "tests/traces/lowering/graph/layer_cases.h"

using namespace npulse;
using namespace npulse::lowering;

namespace {

constexpr std::size_t kMappingColumn = 11, kCyclesColumn = 16;
constexpr double kLong = 8e6;  ///< Cycles above which a layer is only run on request ([.long]).

/// Factors of one level, as `K8 Q11 P11`: outermost first; `K16X` is over columns of the array.
using Level = std::vector<std::pair<char, std::int64_t>>;

struct DosaRow {
  tests::MeasuredLayer layer;
  std::vector<Level> levels;  ///< Memory, scratchpad, accumulators, registers.
};

std::vector<Level> parse_levels(const std::string& text) {
  std::vector<Level> levels;
  std::istringstream in{text};
  for (std::string word; in >> word;) {
    if (word[0] == 'L') {
      levels.emplace_back();
    } else if (word != "-") {
      levels.back().emplace_back(word[0], std::stoll(word.substr(1)));
    }
  }
  return levels;
}

std::vector<DosaRow> dosa_rows() {
  std::ifstream in{NPULSE_SOURCE_DIR "/tests/fidelity/data/gemmini_dosa_firesim_test.csv"};
  std::string line;
  std::getline(in, line);
  std::vector<DosaRow> rows;
  for (const tests::MeasuredLayer& layer : tests::dosa_layers()) {
    REQUIRE(std::getline(in, line));
    std::vector<std::string> cells;
    std::istringstream cut{line};
    for (std::string cell; std::getline(cut, cell, ',');) cells.push_back(cell);
    rows.push_back({layer, parse_levels(cells.at(kMappingColumn))});
    rows.back().layer.cycles = std::stod(cells.at(kCyclesColumn));
  }
  return rows;
}

/// What lies in the scratchpad: the factors of all levels below memory.
std::int64_t tile_of(const DosaRow& row, char dimension) {
  std::int64_t size = 1;
  for (std::size_t level = 1; level < row.levels.size(); ++level) {
    for (const auto& [name, factor] : row.levels[level]) size *= name == dimension ? factor : 1;
  }
  return size;
}

std::int64_t memory_factor(const DosaRow& row, char dimension) {
  for (const auto& [name, factor] : row.levels.front()) {
    if (name == dimension) return factor;
  }
  return 1;
}

/// Kernels are cut by no lowering of ours.
bool cuts_kernels(const DosaRow& row) {
  return memory_factor(row, 'R') > 1 || memory_factor(row, 'S') > 1;
}

bool channels_outer(const DosaRow& row) {
  for (const auto& [name, factor] : row.levels.front()) {
    if (name == 'K' && factor > 1) return true;
    if ((name == 'P' || name == 'Q') && factor > 1) return false;
  }
  return false;
}

/// As the user writes it: the order of the loops says what stays, weights are fetched as they lie.
/// DOSA's P are columns of the image.
std::string mapping_of(const DosaRow& row) {
  const Contraction& l = row.layer.loops;
  const std::int64_t out = std::min(tile_of(row, 'K'), l.oc), in = std::min(tile_of(row, 'C'), l.c);
  const std::string common =
      "    keep_operands: true\n    pack_weights: false\n    gather: false\n";
  if (l.product()) {
    return fmt::format("layers:\n  layer:\n    tile: {{m: {}, n: {}, k: {}}}\n    order: {}\n{}",
                       tile_of(row, 'P'), out, in, channels_outer(row) ? "[n, m, k]" : "[m, n, k]",
                       common);
  }
  return fmt::format(
      "layers:\n  layer:\n    tile: {{p: {}, q: {}, k: {}, c: {}}}\n    order: {}\n{}",
      tile_of(row, 'Q'), tile_of(row, 'P'), out, in,
      channels_outer(row) ? "[k, p, q, c]" : "[p, q, k, c]", common);
}

graph::Graph graph_of(const DosaRow& row) {
  const Contraction& l = row.layer.loops;
  graph::Graph graph = test::conv_graph(l, false);
  if (l.product()) {
    graph.tensors = {test::tensor("x", {l.oh, l.c}), test::tensor("w", {l.c, l.oc}, true),
                     test::tensor("y", {l.oh, l.oc})};
    graph.nodes = {{"layer", graph::Matmul{}, {0, 1}, {2}, ""}};
  }
  graph.nodes.front().name = "layer";
  return graph;
}

/// DOSA sizes the memories with the mapping: ours take two of every tile.
double simulated_cycles(const DosaRow& row) {
  const arch::Chip chip =
      arch::load_chip("gemmini", {{}, {"spm.capacity=4MiB", "acc.capacity=2MiB"}});
  GraphOptions options;
  options.mapping = parse_mapping(mapping_of(row), "dosa.yaml");
  isa::MemoryProgram program{row.layer.name};
  lower(graph_of(row), options, arch::lowering_target(chip), program);
  arch::RunOptions run;
  run.check = false;  // the mapping tests check such programs
  return static_cast<double>(arch::run(chip, program, run).cycles.count());
}

struct Errors {
  tests::FidelityError all, large_kernels;  ///< The latter of kernels over 1 x 1.
};

Errors errors_below(double longest) {
  std::vector<tests::MeasuredLayer> layers;
  std::vector<double> simulated;
  for (const DosaRow& row : dosa_rows()) {
    if (cuts_kernels(row) || row.layer.cycles > longest) continue;
    layers.push_back(row.layer);
    simulated.push_back(simulated_cycles(row));
    const double error = simulated.back() / row.layer.cycles - 1;
    UNSCOPED_INFO(fmt::format("{:+.2f} {}", error, row.layer.name));
  }
  return {tests::error_of(layers, simulated, [](std::size_t) { return true; }),
          tests::error_of(layers, simulated,
                          [&](std::size_t i) { return layers[i].loops.taps() > 1; })};
}

}  // namespace

TEST_CASE("DOSA's mappings cover their layers", "[fidelity]") {
  std::size_t whole_kernels = 0;
  for (const DosaRow& row : dosa_rows()) {
    const Contraction& l = row.layer.loops;
    INFO(row.layer.name);
    const std::int64_t more = l.kw % 2 == 0 ? 1 : 0;  // even kernels ran on one column more
    CHECK(tile_of(row, 'P') * memory_factor(row, 'P') == (l.product() ? l.oh : l.ow - more));
    CHECK(tile_of(row, 'K') * memory_factor(row, 'K') >= l.oc);
    CHECK(tile_of(row, 'C') * memory_factor(row, 'C') >= l.c);
    CHECK(tile_of(row, 'R') * memory_factor(row, 'R') == l.kh);
    whole_kernels += cuts_kernels(row) ? 0 : 1;
  }
  CHECK(whole_kernels == 92);
}

TEST_CASE("Layers in DOSA's tiles, given as a mapping, take about the cycles of Gemmini's RTL",
          "[fidelity]") {
  const Errors errors = errors_below(kLong);
  CHECK(errors.large_kernels.mean_absolute < 0.06);
  CHECK(errors.all.mean_absolute < 0.16);
  CHECK(std::abs(errors.all.bias) < 0.05);
}

TEST_CASE("All layers in DOSA's tiles, long ones too, take about those cycles", "[.long]") {
  const Errors errors = errors_below(1e12);
  WARN(fmt::format("{:.3f} (bias {:+.3f}), kernels over 1 x 1 {:.3f} (bias {:+.3f})",
                   errors.all.mean_absolute, errors.all.bias, errors.large_kernels.mean_absolute,
                   errors.large_kernels.bias));
  CHECK(errors.large_kernels.mean_absolute < 0.09);
  CHECK(errors.all.mean_absolute < 0.14);
}
