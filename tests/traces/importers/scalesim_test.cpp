// SPDX-License-Identifier: Apache-2.0
// SCALE-Sim's topology files in every dialect: the same layers come out, what was repaired is said,
// and what SCALE-Sim itself refuses is a fault when strict.
#include "traces/importers/scalesim.h"

#include <fmt/format.h>

#include <catch2/catch.hpp>

#include "tests/support/temp_dir.h"
#include "traces/graph/counts.h"
#include "traces/graph/shapes.h"

using namespace npulse;
using namespace npulse::importers;
using graph::Graph, graph::Conv, graph::Matmul, graph::Shape;

namespace {

const std::string kData = NPULSE_SOURCE_DIR "/tests/traces/importers/data/";

struct Import {
  Graph graph;
  std::vector<Diagnostic> warnings;
};

Import import_file(const std::string& name, bool strict = false) {
  Imported imported = import_scalesim(kData + name, {.strict = strict, .dims = {}});
  return {std::get<Graph>(std::move(imported.product)), std::move(imported.warnings)};
}

std::vector<Diagnostic> faults_in(const std::string& text, bool strict = false) {
  try {
    import_scalesim_text(text, "t.csv", {.strict = strict, .dims = {}});
  } catch (const InputError& error) {
    return error.faults();
  }
  return {};
}

/// Without what depends on the file: its name, and where the layers stand in it.
Graph without_places(Graph graph) {
  graph.name.clear();
  for (graph::Node& node : graph.nodes) node.source.clear();
  return graph;
}

const Shape& output_shape(const Graph& graph, std::size_t node) {
  return graph.tensors[graph.nodes.at(node).outputs.at(0)].shape;
}
const Shape& input_shape(const Graph& graph, std::size_t node, std::size_t input) {
  return graph.tensors[graph.nodes.at(node).inputs.at(input)].shape;
}

std::int64_t macs(const Graph& graph, std::size_t node) {
  return graph::count(graph, graph.nodes.at(node)).macs;
}

/// ceil((length - kernel + stride) / stride), as SCALE-Sim computes it.
std::int64_t ofmap(std::int64_t length, std::int64_t kernel, std::int64_t stride) {
  return (length - kernel + stride + stride - 1) / stride;
}

struct Dialect {
  const char* file;
  const char* repaired;  ///< What the warning says; empty: SCALE-Sim reads it as it is.
};

}  // namespace

TEST_CASE("A convolution file's layers have SCALE-Sim's shapes and multiplications",
          "[importers]") {
  const Graph graph = import_file("conv.csv").graph;
  REQUIRE(graph.nodes.size() == 3);
  CHECK(graph.name == "conv");
  const std::int64_t rows = ofmap(18, 5, 2), columns = ofmap(16, 3, 2);
  CHECK(output_shape(graph, 1) == Shape{1, 16, rows, columns});
  CHECK(macs(graph, 1) == rows * columns * 5 * 3 * 8 * 16);
  CHECK(macs(graph, 2) == 64 * 10);
  CHECK(graph.nodes[1].source == kData + "conv.csv:3:1");
  CHECK(graph.inputs.size() == 3);
  CHECK(graph.outputs.size() == 3);
}

TEST_CASE("Outputs are rounded up where a part of a stride is left, for any shape", "[importers]") {
  for (const std::int64_t length : {7, 8, 9, 10, 11}) {
    for (const std::int64_t kernel : {1, 2, 3, 7}) {
      for (const std::int64_t stride : {1, 2, 3, 4, 9}) {
        const std::string row = fmt::format("a,{0},{0},{1},{1},2,3,{2},\n", length, kernel, stride);
        const auto imported = import_scalesim_text("header\n" + row, "t.csv", {});
        const auto& graph = std::get<Graph>(imported.product);
        const std::int64_t side = ofmap(length, kernel, stride);
        CAPTURE(row);
        CHECK(output_shape(graph, 0) == Shape{1, 3, side, side});
        CHECK(macs(graph, 0) == side * side * kernel * kernel * 2 * 3);
      }
    }
  }
}

TEST_CASE("The same layers come out of every dialect, and each repair is said", "[importers]") {
  const auto [file, repaired] = GENERATE(values<Dialect>({
      {"conv.csv", ""},
      {"comments.csv", ""},
      {"byte_order_mark.csv", "removed a byte order mark (line 1)"},
      {"no_last_comma.csv", "added missing last commas (line 2, 3 in all)"},
      {"tabs.csv", "split at tabs or semicolons (line 1)"},
      {"semicolons.csv", "split at tabs or semicolons (line 1)"},
      {"titles.csv", "skipped title rows (line 2, 4 in all)"},
      {"blank_rows.csv", "skipped blank rows (line 3, 2 in all)"},
      {"no_header.csv", "read the first row, which is no header (line 1)"},
      {"empty_cells.csv", "dropped empty cells at the end of rows (line 2, 3 in all)"},
  }));
  CAPTURE(file);
  const Import import = import_file(file);
  CHECK((without_places(import.graph) == without_places(import_file("conv.csv").graph)));
  const std::string wanted = repaired;
  REQUIRE(import.warnings.size() == (wanted.empty() ? 0 : 1));
  if (!wanted.empty()) CHECK_THAT(import.warnings[0].text(), Catch::Contains(wanted));
}

TEST_CASE("Strict reads what SCALE-Sim reads and refuses the rest at its place", "[importers]") {
  for (const char* file : {"conv.csv", "comments.csv", "sparsity.csv", "depthwise.csv", "gemm.csv",
                           "gemm_sparsity.csv", "gemm_batch.csv", "byte_order_mark.csv"}) {
    CAPTURE(file);
    CHECK((import_file(file, true).graph == import_file(file).graph));
  }
  const std::vector<std::pair<std::string, std::string>> refused{
      {"no_last_comma.csv", ":2:29: SCALE-Sim does not read a row without its last comma"},
      {"tabs.csv", ":2:"},
      {"titles.csv", ":2:1: SCALE-Sim does not read a title row"},
      {"blank_rows.csv", ":3:1: SCALE-Sim does not read a row of empty cells"},
      {"no_header.csv", ":1:1: SCALE-Sim does not read a layer in the first row"},
      {"batch.csv", ":2:31: SCALE-Sim does not read a batch size in column 9"},
      {"mnpusim.csv", ":2:31: SCALE-Sim does not read mNPUsim's columns"}};
  for (const auto& [file, says] : refused) {
    CAPTURE(file);
    CHECK_THROWS_WITH(import_file(file, true), Catch::Contains(kData + file + says));
  }
}

TEST_CASE("A batch multiplies the work, and sparsity is said to be left out", "[importers]") {
  const Graph one = import_file("conv.csv").graph;
  const Import batch = import_file("batch.csv"), both = import_file("batch_sparsity.csv");
  for (std::size_t i = 0; i < one.nodes.size(); ++i) {
    CHECK(macs(batch.graph, i) == 4 * macs(one, i));
    CHECK(macs(both.graph, i) == 4 * macs(one, i));
  }
  CHECK_THAT(batch.warnings.at(0).text(), Catch::Contains("column 9 as the batch size"));
  CHECK_THAT(both.warnings.at(1).text(), Catch::Contains("all layers are dense"));
  const Import sparse = import_file("sparsity.csv");
  CHECK((without_places(sparse.graph) == without_places(one)));
  REQUIRE(sparse.warnings.size() == 1);
}

TEST_CASE("A layer named DP has one filter set a channel", "[importers]") {
  const Graph graph = import_file("depthwise.csv").graph;
  CHECK(output_shape(graph, 0) == Shape{1, 24, ofmap(16, 3, 1), ofmap(16, 3, 1)});
  CHECK(macs(graph, 0) == 24 * ofmap(16, 3, 1) * ofmap(16, 3, 1) * 3 * 3);
  CHECK(output_shape(graph, 1) == Shape{1, 24 * 2, ofmap(16, 3, 2), ofmap(16, 3, 2)});
  CHECK(macs(graph, 1) == 24 * 2 * ofmap(16, 3, 2) * ofmap(16, 3, 2) * 3 * 3);
}

TEST_CASE("Matrix products are told from convolutions by header or columns", "[importers]") {
  const Graph graph = import_file("gemm.csv").graph;
  REQUIRE(graph.nodes.size() == 3);
  CHECK((graph.nodes[0].operation == graph::Operation{Matmul{}}));
  CHECK(output_shape(graph, 0) == Shape{128, 192});
  CHECK(macs(graph, 0) == 128 * 192 * 64);
  for (const char* file : {"gemm_no_header.csv", "gemm_sparsity.csv"}) {
    CHECK((without_places(import_file(file).graph) == without_places(graph)));
  }
  CHECK(output_shape(import_file("gemm_batch.csv").graph, 0) == Shape{4, 128, 192});
}

TEST_CASE("mNPUsim's addresses become edges, with what fits shapes in between", "[importers]") {
  const Import import = import_file("mnpusim.csv");
  const Graph& graph = import.graph;
  std::string names;
  for (const graph::Node& node : graph.nodes) names += node.name + " ";
  CHECK(names == "Conv1 Pool1 Left.pad Left Right Again Fc.reshape Fc Vec.reshape Vec ");
  CHECK(graph.nodes[1].inputs[0] == graph.nodes[0].outputs[0]);
  CHECK(input_shape(graph, 3, 0) == Shape{1, 8, 10, 10});
  CHECK(graph.nodes[4].inputs[0] == graph.nodes[1].outputs[0]);
  CHECK(graph.nodes[5].inputs[0] == graph.nodes[0].inputs[0]);
  CHECK(output_shape(graph, 7) == Shape{4, 10});
  CHECK(graph.tensors[graph.nodes[9].inputs[0]].constant);
  CHECK(output_shape(graph, 9) == Shape{7, 1});
  CHECK(graph.inputs.size() == 1);
  REQUIRE(import.warnings.size() == 2);
  CHECK_THAT(import.warnings[0].text(), Catch::Contains("mNPUsim's types and dependencies"));
  CHECK_THAT(import.warnings[1].text(), Catch::Contains("Ofmap Base Addr is left out"));
}

TEST_CASE("Every fault of a file is named in one pass by line and column", "[importers]") {
  std::string text;
  try {
    import_file("faults.csv");
  } catch (const InputError& error) {
    for (const Diagnostic& fault : error.faults()) text += fault.text() + "\n";
  }
  const std::string at = kData + "faults.csv";
  for (const std::string says :
       {":3:5: 'H' is not the IFMAP height", ":3:8: 'B' is not the IFMAP width",
        ":4:15: the cell is empty; it must be the filter width",
        ":4:17: '1 2' is not the number of channels", ":5:12: the filter's 9 exceeds the IFMAP's 8",
        ":6:22: the row ends; the number of filters", ":6:22: the row ends; the stride is missing",
        ":7:19: '0' is not the number of channels", ":8:29: 'Cnv' is not a layer type",
        "did you mean 'Conv'?", ":8:34: '9' is not one of the 6 layers above",
        ":9:30: '4:2' is not a sparsity", ":10:36: '5' is not a column of this format"}) {
    CHECK_THAT(text, Catch::Contains(says[0] == ':' ? at + says : says));
  }
  CHECK(std::count(text.begin(), text.end(), '\n') == 13 - 1);
}

TEST_CASE("Files without layers, of other encodings or too large are refused", "[importers]") {
  for (const std::string empty : {"", "\n\n", "Layer name, IFMAP Height,\n", ",,,\n"}) {
    REQUIRE(faults_in(empty).size() == 1);
    CHECK(faults_in(empty)[0].text() == "t.csv: holds no layer");
  }
  CHECK(faults_in("Layer,M,N,K,\n\xFF\xFE,1,1,1,\n")[0].where == "t.csv:2:1");
  const std::string huge = "Layer,M,N,K,\na,16777216,16777216,16777216,\n";
  CHECK_THAT(faults_in(huge)[0].text(), Catch::Contains("t.csv:2:1") && Catch::Contains("2^60"));
  CHECK_THROWS_WITH(import_scalesim("/nowhere.csv", {}), Catch::Contains("cannot be read"));
}

TEST_CASE("Names that repeat or are missing become unique", "[importers]") {
  const auto imported = import_scalesim_text(
      "Layer,M,N,K,\nfc,1,1,1,\nfc,1,1,1,\nfc#2,1,1,1,\n,1,1,1,\nfc,1,1,1,\n", "t.csv", {});
  std::string names;
  for (const auto& node : std::get<Graph>(imported.product).nodes) names += node.name + " ";
  CHECK(names == "fc fc#2 fc#2#2 layer fc#3 ");
}

TEST_CASE("The table finds importers by name and knows the nearest", "[importers]") {
  CHECK(importer_named("scalesim").import == import_scalesim);
  CHECK_THROWS_WITH(importer_named("scalsim"), Catch::Contains("did you mean 'scalesim'?"));
}
