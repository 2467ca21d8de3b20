// SPDX-License-Identifier: Apache-2.0
#include "tests/fidelity/gemmini_rows.h"

#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <cmath>
#include <fstream>
#include <sstream>

#include "arch/chip/run.h"
#include "arch/chip/targets.h"
#include "isa/memory_program.h"
#include "traces/lowering/graph/gemmini_tiling.h"
#include "traces/lowering/graph/lower_graph.h"

namespace npulse::tests {
namespace {

using Cells = std::map<std::string, std::string>;

std::vector<std::string> split_line(const std::string& line) {
  std::istringstream in{line};
  std::vector<std::string> cells;
  for (std::string cell; std::getline(in, cell, ',');) cells.push_back(cell);
  return cells;
}

std::vector<Cells> read_csv(const char* name) {
  std::ifstream in{std::string{NPULSE_SOURCE_DIR "/tests/fidelity/data/"} + name};
  REQUIRE(in.good());
  std::string line;
  std::getline(in, line);
  const auto keys = split_line(line);
  std::vector<Cells> rows;
  while (std::getline(in, line)) {
    const auto cells = split_line(line);
    Cells row;
    for (std::size_t i = 0; i < keys.size(); ++i) row[keys[i]] = cells.at(i);
    rows.push_back(std::move(row));
  }
  return rows;
}

constexpr const char* kDosa = "gemmini_dosa_firesim_test.csv";
constexpr const char* kMoca = "gemmini_moca_layers.csv";

/// A kernel of 1 x 1 is a product of all pixels, as Gemmini's networks run it; one of 0 is the last
/// layer, of which the outputs are the rows.
lowering::Contraction moca_loops(const Cells& row) {
  const auto number = [&](const char* key) { return std::stoll(row.at(key)); };
  const std::int64_t extent = number("extent"), in = number("channels_in"),
                     out = number("channels_out"), kernel = number("kernel");
  if (kernel == 0) return lowering::product_of(1, out, 1, in);
  if (kernel == 1) return lowering::product_of(1, extent * extent, out, in);
  lowering::Contraction loops;
  loops.c = in, loops.oc = out;
  loops.h = loops.w = extent;
  loops.kh = loops.kw = kernel;
  loops.stride_h = loops.stride_w = number("stride");
  loops.pad_top = loops.pad_left = number("padding");
  loops.oh = loops.ow = (extent + 2 * loops.pad_top - kernel) / loops.stride_h + 1;
  return loops;
}

/// A kernel of 1 x 1 on one column is a matrix product, as DOSA runs it.
lowering::Contraction dosa_loops(const Cells& row) {
  const auto number = [&](const char* key) { return std::stoll(row.at(key)); };
  const std::int64_t p = number("P"), q = number("Q"), r = number("R"), s = number("S");
  if (q == 1 && r == 1) return lowering::product_of(number("N"), p, number("K"), number("C"));
  lowering::Contraction loops;
  loops.batch = number("N");
  loops.c = number("C"), loops.oc = number("K");
  loops.kh = r, loops.kw = s;
  loops.stride_h = loops.stride_w = number("stride");
  loops.h = loops.w = p * loops.stride_w;
  loops.pad_top = loops.pad_left = r / 2;
  loops.oh = loops.ow = (loops.h + 2 * loops.pad_top - r) / loops.stride_h + 1;
  return loops;
}

graph::Tensor tensor(const char* name, std::vector<std::int64_t> shape, bool constant = false) {
  return {name, graph::Type::i8, std::move(shape), constant};
}

graph::Graph graph_of(const MeasuredLayer& layer) {
  const lowering::Contraction& l = layer.loops;
  graph::Graph graph;
  graph.name = layer.name;
  graph::Node node{layer.name, graph::Matmul{}, {0, 1}, {2}, ""};
  if (l.product()) {
    graph.tensors = {tensor("x", {l.oh, l.c}), tensor("w", {l.c, l.oc}, true),
                     tensor("y", {l.oh, l.oc})};
  } else {
    graph.tensors = {tensor("x", {l.batch, l.c, l.h, l.w}),
                     tensor("w", {l.oc, l.c, l.kh, l.kw}, true),
                     tensor("y", {l.batch, l.oc, l.oh, l.ow})};
    graph::Conv conv;
    conv.stride = {l.stride_h, l.stride_w};
    const std::int64_t below = (l.oh - 1) * l.stride_h + l.kh - l.h - l.pad_top;
    const std::int64_t right = (l.ow - 1) * l.stride_w + l.kw - l.w - l.pad_left;
    conv.pads = {l.pad_top, l.pad_left, std::max<std::int64_t>(0, below),
                 std::max<std::int64_t>(0, right)};
    node.operation = conv;
  }
  graph.nodes = {node};
  graph.inputs = {0};
  graph.outputs = {2};
  return graph;
}

/// An operation that writes the layer's input.
void add_producer(graph::Graph& graph) {
  graph::Tensor source = graph.tensors[0];
  source.name = "source";
  graph.tensors.push_back(source);
  graph.nodes.insert(graph.nodes.begin(), {"producer", graph::Elementwise{"relu"}, {3}, {0}, ""});
  graph.inputs = {3};
}

}  // namespace

std::vector<MeasuredLayer> dosa_layers() {
  std::vector<MeasuredLayer> layers;
  for (const Cells& row : read_csv(kDosa)) {
    layers.push_back(
        {fmt::format("{}-{}-{}x{}-{}-{} of {}", row.at("C"), row.at("K"), row.at("P"), row.at("Q"),
                     row.at("R"), row.at("stride"), row.at("acc_entries_32b")),
         dosa_loops(row), std::stod(row.at("firesim_cycle_gemmini_own_tiling"))});
  }
  return layers;
}

std::vector<std::string> dosa_tilings() {
  std::vector<std::string> tilings;
  for (const Cells& row : read_csv(kDosa)) tilings.push_back(row.at("auto_tiling_gemmini"));
  return tilings;
}

std::vector<MeasuredLayer> moca_layers(const std::string& net) {
  std::vector<MeasuredLayer> layers;
  for (const Cells& row : read_csv(kMoca)) {
    if (row.at("net") != net) continue;
    layers.push_back(
        {net + "." + row.at("index"), moca_loops(row), std::stod(row.at("measured_cycles"))});
  }
  return layers;
}

double simulated_cycles(const arch::Chip& chip, const MeasuredLayer& layer,
                        const Setting& setting) {
  lowering::GraphOptions options;
  options.tiling = [&](const lowering::ContractionStep& step, const std::string&) {
    return lowering::gemmini_tiling(step.loops, {}, setting.call);
  };
  isa::MemoryProgram program{layer.name};
  graph::Graph graph = graph_of(layer);
  if (setting.follows_another) add_producer(graph);
  lowering::lower(graph, options, arch::lowering_target(chip), program);
  arch::RunOptions run;
  run.check = false;  // the lowering tests check such programs
  const arch::Report report = arch::run(chip, program, run);
  if (!setting.follows_another) return static_cast<double>(report.cycles.count());
  return static_cast<double>(report.regions.back().active.count());
}

FidelityError error_of(const std::vector<MeasuredLayer>& layers,
                       const std::vector<double>& simulated,
                       const std::function<bool(std::size_t)>& chosen) {
  FidelityError error;
  double count = 0;
  for (std::size_t i = 0; i < layers.size(); ++i) {
    if (!chosen(i)) continue;
    const double relative = simulated[i] / layers[i].cycles - 1;
    error.mean_absolute += std::abs(relative);
    error.bias += relative;
    ++count;
  }
  error.mean_absolute /= count;
  error.bias /= count;
  return error;
}

}  // namespace npulse::tests
