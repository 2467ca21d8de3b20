// SPDX-License-Identifier: Apache-2.0
// Timeloop's problem files in all dialects: tensors as large as their projections say, as many
// multiplications as the loops turn, and what is no layer refused by name and place.
#include "traces/importers/timeloop.h"

#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <map>

#include "tests/support/random.h"
#include "tests/support/temp_dir.h"
#include "traces/graph/counts.h"
#include "traces/graph/shapes.h"

using namespace npulse;
using namespace npulse::importers;
using graph::Graph, graph::Conv, graph::Matmul, graph::Shape;

namespace {

const std::string kData = NPULSE_SOURCE_DIR "/tests/traces/importers/data/timeloop/";
const ImportOptions kOneBatch{.strict = false, .dims = {{"BATCH", 1}}};

struct Import {
  Graph graph;
  std::vector<Diagnostic> warnings;
};

Import taken(Imported imported) {
  return {std::get<Graph>(std::move(imported.product)), std::move(imported.warnings)};
}

Import import_file(const std::string& name, const ImportOptions& options = {}) {
  return taken(import_timeloop(kData + name, options));
}

std::string no_includes(const std::string& path) {
  throw InputError{path, "is not there"};
}

Import import_text(const std::string& text, const ImportOptions& options = {}) {
  return taken(import_timeloop_text(text, "t.yaml", options, no_includes));
}

std::string faults_in(const std::string& text, const ImportOptions& options = {}) {
  std::string all;
  try {
    import_text(text, options);
  } catch (const InputError& error) {
    for (const Diagnostic& fault : error.faults()) all += fault.text() + "\n";
  }
  return all;
}

const Shape& shape(const Graph& graph, std::size_t node, std::size_t input) {
  return graph.tensors[graph.nodes.at(node).inputs.at(input)].shape;
}
const Shape& output_shape(const Graph& graph, std::size_t node) {
  return graph.tensors[graph.nodes.at(node).outputs.at(0)].shape;
}

/// A layer with `data_spaces` (flow YAML) over dimensions with those sizes.
std::string layer(const std::string& data_spaces, const std::map<std::string, std::int64_t>& sizes,
                  const std::string& coefficients = "[]") {
  std::string dimensions, instance;
  for (const auto& [name, size] : sizes) {
    dimensions += name + ", ";
    instance += fmt::format("{}: {}, ", name, size);
  }
  return fmt::format(
      "problem:\n  shape:\n    dimensions: [{}]\n    coefficients: {}\n    data_spaces: {}\n"
      "  instance: {{{}}}\n",
      dimensions, coefficients, data_spaces, instance);
}

/// Elements that a rank reaches: the sum of factor * (bound - 1) over its terms, and 1.
std::int64_t reach(std::initializer_list<std::pair<std::int64_t, std::int64_t>> terms) {
  std::int64_t last = 0;
  for (const auto& [factor, bound] : terms) last += factor * (bound - 1);
  return last + 1;
}

}  // namespace

TEST_CASE("The dialects of a convolution give the same layer", "[importers][timeloop]") {
  const Import import = import_file("conv_v03.yaml");
  CHECK(import.warnings.empty());
  const Graph& graph = import.graph;
  REQUIRE(graph.nodes.size() == 1);
  CHECK(graph.nodes[0].name == "conv_v03");
  CHECK(graph.nodes[0].source == kData + "conv_v03.yaml:2:1");
  const auto& conv = std::get<Conv>(graph.nodes[0].operation);
  CHECK(conv.stride == std::array<std::int64_t, 2>{1, 2});
  CHECK(conv.dilation == std::array<std::int64_t, 2>{2, 1});
  CHECK(conv.groups == 1);
  CHECK(shape(graph, 0, 0) == Shape{2, 16, reach({{2, 5}, {1, 7}}), reach({{1, 3}, {2, 10}})});
  CHECK(shape(graph, 0, 1) == Shape{24, 16, 5, 3});
  CHECK(output_shape(graph, 0) == Shape{2, 24, 7, 10});
  CHECK(graph::count(graph).macs == 16 * 24 * 3 * 5 * 2 * 10 * 7);
  const Graph old = import_file("conv_old.yaml").graph;
  CHECK((old.nodes[0].operation == graph.nodes[0].operation));
  CHECK(shape(old, 0, 0) == shape(graph, 0, 0));
  CHECK(shape(old, 0, 1) == shape(graph, 0, 1));
}

TEST_CASE("A product keeps its rows and columns, its second operand are weights",
          "[importers][timeloop]") {
  const Graph graph = import_file("gemm_v04.yaml").graph;
  CHECK((graph.nodes.at(0).operation == graph::Operation{Matmul{}}));
  CHECK(shape(graph, 0, 0) == Shape{48, 96});
  CHECK(shape(graph, 0, 1) == Shape{96, 20});
  CHECK(graph.tensors[graph.nodes[0].inputs[1]].constant);
  CHECK(graph::count(graph).macs == 48 * 20 * 96);
  CHECK((import_text("problem: {shape: gemm_ABZ, instance: {M: 48, N: 20, K: 96}}")
             .graph.nodes[0]
             .operation == graph.nodes[0].operation));
}

TEST_CASE("A folder is a net: includes are read, merged and given what they leave open",
          "[importers][timeloop]") {
  const Import import = import_file("net", kOneBatch);
  const Graph& graph = import.graph;
  std::string names;
  for (const auto& node : graph.nodes) names += node.name + " ";
  CHECK(names == "00.Conv2d 01.depthwise 02.grouped 03.Linear 04.scores ");
  CHECK(graph.name == "net");
  CHECK(shape(graph, 0, 0) == Shape{1, 8, reach({{1, 3}, {2, 14}}), reach({{1, 3}, {2, 14}})});
  CHECK(std::get<Conv>(graph.nodes[1].operation).groups == 32);
  CHECK(shape(graph, 1, 1) == Shape{32, 1, 3, 3});
  CHECK(std::get<Conv>(graph.nodes[2].operation).groups == 4);
  CHECK(shape(graph, 2, 1) == Shape{4 * 8, 16, 1, 3});
  CHECK(shape(graph, 3, 0) == Shape{197, 768});
  CHECK(shape(graph, 3, 1) == Shape{768, 3072});
  CHECK(output_shape(graph, 4) == Shape{12, 197, 197});
  REQUIRE(import.warnings.size() == 1);
  CHECK_THAT(import.warnings[0].text(), Catch::Contains("notes.yml: holds no `problem`"));
}

TEST_CASE("What an include leaves open is named with its place and the option that gives it",
          "[importers][timeloop]") {
  try {
    import_file("net");
    FAIL("BATCH has no value");
  } catch (const InputError& error) {
    REQUIRE(error.faults().size() == 5);
    CHECK(error.faults()[0].where == kData + "base.yaml:4:8");
    CHECK_THAT(error.faults()[0].text(), Catch::Contains("--dim BATCH=N"));
  }
}

TEST_CASE("Tensors are as large as their projections, and loops turn as often as MACs count",
          "[importers][timeloop]") {
  test::Random random{61};
  for (int i = 0; i < 400; ++i) {
    const auto pick = [&](std::int64_t most) {
      return random.coin() ? 1 : random.between(1, most);
    };
    const std::int64_t c = pick(9), m = pick(9), g = pick(5), n = pick(3), r = pick(4), s = pick(4),
                       p = pick(12), q = pick(12), stride = random.between(1, 3),
                       dilation = random.between(1, 3);
    const Graph graph =
        import_text(
            layer("[{name: Weights, projection: [[[C]], [[M]], [[R]], [[S]], [[G]]]},"
                  " {name: Inputs, projection: [[[N]], [[C]], [[R, D], [P, T]],"
                  " [[S], [Q, T]], [[G]]]},"
                  " {name: Outputs, projection: [[[N]], [[M]], [[P]], [[Q]], [[G]]],"
                  " read_write: true}]",
                  {{"C", c}, {"M", m}, {"G", g}, {"N", n}, {"R", r}, {"S", s}, {"P", p}, {"Q", q}},
                  fmt::format("[{{name: D, default: {}}}, {{name: T, default: {}}}]", dilation,
                              stride)))
            .graph;
    CAPTURE(c, m, g, n, r, s, p, q, stride, dilation);
    const auto elements = [&](const Shape& dims) {
      return graph::product(dims, graph::kMaxElements).value();
    };
    CHECK(graph::count(graph).macs == c * m * g * n * r * s * p * q);
    CHECK(elements(shape(graph, 0, 1)) == c * m * g * r * s);
    CHECK(elements(output_shape(graph, 0)) == n * m * g * p * q);
    CHECK(elements(shape(graph, 0, 0)) ==
          n * c * g * reach({{dilation, r}, {stride, p}}) * reach({{1, s}, {stride, q}}));
  }
}

TEST_CASE("A channel in weights, input and output is depthwise", "[importers][timeloop]") {
  const Graph graph =
      import_text(layer("[{name: Inputs, projection: [[[C]], [[R], [P]], [[S], [Q]]]},"
                        " {name: Filters, projection: [[[C]], [[R]], [[S]]]},"
                        " {name: Outputs, projection: [[[C]], [[P]], [[Q]]], read_write: true}]",
                        {{"C", 32}, {"R", 3}, {"S", 3}, {"P", 7}, {"Q", 9}}))
          .graph;
  CHECK(std::get<Conv>(graph.nodes[0].operation).groups == 32);
  CHECK(shape(graph, 0, 0) == Shape{1, 32, 9, 11});
  CHECK(shape(graph, 0, 1) == Shape{32, 1, 3, 3});
}

TEST_CASE("What is no convolution and no product is refused by name and place",
          "[importers][timeloop]") {
  const std::string out = "{name: Z, projection: [[[M]]], read_write: true}";
  const std::map<std::string, std::int64_t> sizes{{"M", 4}, {"K", 5}, {"T", 6}};
  const std::vector<std::pair<std::string, std::string>> refused{
      {layer("[{name: A, projection: [[[M]]]}, " + out + "]", sizes), "1 data spaces are read"},
      {layer("[{name: A, projection: [[[M]]]}, {name: B, projection: [[[M]]]}]", sizes),
       "no data space has read_write"},
      {layer("[" + out + ", {name: Y, projection: [[[M]]], read_write: true}]", sizes),
       "'Y' is a second output"},
      {layer("[{name: A, projection: [[[M]], [[T]]]}, {name: B, projection: [[[K]]]}, " + out + "]",
             sizes),
       "dimension 'K' of size 5 is in only one of the tensors"},
      {layer("[{name: A, projection: [[[M], [K], [T]]]}, {name: B, projection: [[[K]]]}, " + out +
                 "]",
             sizes),
       "'A' is projected on M + K + T"},
      {layer("[{name: A, projection: [[[M], [K]]]}, {name: B, projection: [[[K], [T]]]}, " + out +
                 "]",
             sizes),
       "projected on"},
      {layer("[{name: A, projection: [[[M]]]}, {name: B, projection: [[[K], [T]]]}, "
             "{name: Z, projection: [[[M], [K]]], read_write: true}]",
             sizes),
       "'Z' is projected on M + K, not on one dimension"},
      {layer("[{name: A, projection: [[[M]], [[K]], [[K]]]}, {name: B, projection: [[[K]], "
             "[[T]]]}, {name: Z, projection: [[[M]], [[T]]], read_write: true}]",
             sizes),
       "'A' is projected on dimension 'K' twice"},
  };
  for (const auto& [text, says] : refused) {
    const std::string faults = faults_in(text);
    CHECK_THAT(faults, Catch::StartsWith("t.yaml:") && Catch::Contains(says) &&
                           Catch::Contains("can be imported"));
  }
}

TEST_CASE("Wrong files are refused by line and column, all faults in one pass",
          "[importers][timeloop]") {
  CHECK(faults_in("architecture: {}\n") ==
        "t.yaml: holds no `problem: {...}`; give a layer's file, not that of an architecture or "
        "mapping\n");
  CHECK_THAT(faults_in("problem: {shape: cnn_lair}"),
             Catch::Contains("t.yaml:1:18: 'cnn_lair' is no shape") &&
                 Catch::Contains("did you mean 'cnn_layer'?"));
  CHECK_THAT(faults_in("problem:\n  shape: [\n"), Catch::Contains("t.yaml:3:1"));
  CHECK_THAT(faults_in("problem:\n  <<: 5\n"), Catch::Contains("t.yaml:2:7: what is merged"));
  CHECK_THAT(faults_in("{{include_text('x.yaml')}}\n"),
             Catch::Contains("t.yaml:1:1: the included x.yaml: is not there"));
  CHECK_THAT(faults_in("{{ include_text ( \"y.yaml\" ) }}\r\n"),
             Catch::Contains("t.yaml:1:1: the included y.yaml: is not there"));
  for (const char* not_read : {"{{include_text('')}}", "{{include_text('a''b')}}",
                               "{{include_text('a\")}}", "{{include_text('a'", "{{}}"}) {
    CHECK_THAT(faults_in(not_read), Catch::Contains("t.yaml:1:1: of jinja2"));
  }
  CHECK_THAT(faults_in("a: 1\nb: {% if x %}\n"), Catch::Contains("t.yaml:2:4: of jinja2"));
  const std::string two = faults_in("problem: {shape: gemm_ABZ, M: x, N: 0, K: 3}");
  CHECK_THAT(two, Catch::Contains("t.yaml:1:31: 'x' is not a number") &&
                      Catch::Contains("t.yaml:1:37: 0 is not between 1 and"));
  CHECK_THAT(faults_in("problem: {shape: gemm_ABZ, M: 5}", {.strict = true, .dims = {}}),
             Catch::Contains("no size is given of N, K"));
  CHECK_THAT(faults_in(layer("[{name: A, projection: [[[Q]]]}]", {{"M", 4}})),
             Catch::Contains("'Q' is no dimension or coefficient"));
  CHECK_THAT(faults_in("problem: {shape: gemm_ABZ, M: 4294967296, N: 4294967296, K: 9}"),
             Catch::Contains("t.yaml"));
  CHECK_THAT(faults_in("problem: \xFF"), Catch::Contains("t.yaml:1:10: the text is not UTF-8"));
  CHECK_THROWS_WITH(import_timeloop("/nowhere.yaml", {}), Catch::Contains("cannot be read"));
}

TEST_CASE("A file too long for a layer is refused before it is parsed", "[importers][timeloop]") {
  std::string text = "problem:\n";
  for (int i = 0; text.size() < 700'000; ++i) text += fmt::format("  k{}: 1\n", i);
  CHECK_THROWS_WITH(import_timeloop_text(text, "t.yaml", {}, {}),
                    Catch::Contains("is with its includes over 262144 bytes"));
}

TEST_CASE("An include that includes itself ends", "[importers][timeloop]") {
  const std::string again = "{{include_text('t.yaml')}}\n";
  CHECK_THROWS_WITH(
      import_timeloop_text(again, "t.yaml", {}, [&](const std::string&) { return again; }),
      Catch::Contains("more than 64 files are included"));
}

TEST_CASE("What is left out is warned of", "[importers][timeloop]") {
  const Import import = import_text(
      "problem: {shape: gemm_ABZ, densities: {}, instance: {M: 2, N: 3, K: 4, H: 7, W: 1}}");
  REQUIRE(import.warnings.size() == 2);
  CHECK_THAT(import.warnings[0].text(), Catch::Contains("left out: H"));
  CHECK_THAT(import.warnings[1].text(), Catch::Contains("dense: densities"));
  CHECK_THAT(import_text("problem: {C: 3, K: 4}").warnings.at(0).text(),
             Catch::Contains("Timeloop takes cnn-layer"));
}
