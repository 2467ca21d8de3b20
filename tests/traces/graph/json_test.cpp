// SPDX-License-Identifier: Apache-2.0
// Graphs as files: nothing is lost on the way there and back, and every mistake has its place.
#include "traces/graph/json.h"

#include <catch2/catch.hpp>
#include <sstream>

#include "tests/support/temp_dir.h"
#include "tests/traces/graph/graphs.h"

using namespace npulse;
using namespace npulse::graph;
using namespace npulse::test;

namespace {

std::string text_of(const Graph& graph) {
  std::ostringstream out;
  write_json(graph, out);
  return out.str();
}

std::vector<Diagnostic> faults_in(const std::string& text) {
  try {
    read_json(text, "g.json");
  } catch (const InputError& error) {
    return error.faults();
  }
  return {};
}

std::string replaced(std::string text, const std::string& what, const std::string& with) {
  const auto at = text.find(what);
  REQUIRE(at != std::string::npos);
  return text.replace(at, what.size(), with);
}

const std::string kSmall = R"({
"npulse_graph": 1,
"name": "small",
"inputs": ["x"],
"outputs": ["y"],
"tensors": [
  {"name": "x", "type": "i8", "shape": [4, 16]},
  {"name": "weights", "type": "i8", "shape": [16, 10], "constant": true},
  {"name": "y", "type": "i32", "shape": [4, 10]}
],
"nodes": [
  {"name": "fc", "op": "matmul", "inputs": ["x", "weights"], "outputs": ["y"]}
]
}
)";

/// The small graph with one change has exactly one fault, which begins so.
void require_fault(const std::string& what, const std::string& with, const std::string& text) {
  const auto faults = faults_in(replaced(kSmall, what, with));
  CAPTURE(with);
  REQUIRE(faults.size() == 1);
  CHECK_THAT(faults[0].text(), Catch::Contains(text));
}

}  // namespace

TEST_CASE("A graph with every operation comes back as it was", "[graph]") {
  const Graph graph = every_operation();
  CHECK((read_json(text_of(graph), "g") == graph));
  CHECK(text_of(read_json(text_of(graph), "g")) == text_of(graph));
}

TEST_CASE("The written form stays as it was: files of users must remain readable", "[graph]") {
  const std::string path = NPULSE_SOURCE_DIR "/tests/traces/graph/data/every_operation.json";
  CHECK((load_json(path) == every_operation()));
  CHECK(tests::read_file(path) == text_of(every_operation()));
}

TEST_CASE("Every attribute of every operation is written unless it has its default", "[graph]") {
  const std::string text = text_of(every_operation());
  for_each_operation([&](auto tag) {
    CHECK_THAT(text, Catch::Contains(std::string{"\"op\":\""} + operation_name(tag) + "\""));
    const auto require_key = [&](const char* key, auto, Need = Need::optional) {
      CHECK_THAT(text, Catch::Contains(std::string{"\""} + key + "\":"));
    };
    describe(require_key, tag);
  });
}

TEST_CASE("A graph written by hand is read, and the example of the manual is one", "[graph]") {
  const Graph small = read_json(kSmall, "g");
  CHECK(small.tensors[1].constant);
  CHECK(small.nodes[0].inputs == std::vector<TensorId>{0, 1});
  const std::string manual = tests::read_file(NPULSE_SOURCE_DIR "/docs/graph.md");
  const auto begin = manual.find("```json\n") + 8;
  const Graph example =
      read_json(manual.substr(begin, manual.find("```", begin) - begin), "graph.md");
  CHECK(example.nodes.size() > 2);
}

TEST_CASE("A wrong value is named by its path, with what is allowed", "[graph]") {
  require_fault("\"npulse_graph\": 1", "\"npulse_graph\": 2", "g.json: npulse_graph: version 2");
  require_fault("\"npulse_graph\": 1,", "", "g.json: npulse_graph: is missing");
  require_fault("\"i8\", \"shape\": [4, 16]", "\"int8\", \"shape\": [4, 16]",
                "tensors.0.type: unknown name 'int8'; allowed: i1, i4, i8");
  require_fault("[4, 16]", "[4, 16.5]", "tensors.0.shape.1: 16.5 is not a whole number");
  require_fault("[4, 16]", "[4, 18446744073709551615]", "tensors.0.shape.1: 184");
  require_fault("\"constant\": true", "\"constant\": 1", "tensors.1.constant: 1 is not true or");
  require_fault("\"matmul\"", "\"matmull\"", "nodes.0.op: unknown name 'matmull'");
  require_fault("\"op\":", "\"axis\": 1, \"op\":", "nodes.0.axis: unknown name 'axis'; allowed: ");
  require_fault("\"weights\"]", "\"weihgts\"]",
                "nodes.0.inputs.1: no tensor is named 'weihgts'; did you mean 'weights'?");
  require_fault("\"nodes\": [", "\"nodes\": [7, ", "nodes.0: must be an object");
}

TEST_CASE("A misspelt key is named with its nearest", "[graph]") {
  const auto faults = faults_in(replaced(kSmall, "\"shape\": [16, 10]", "\"shpae\": [16, 10]"));
  REQUIRE(faults.size() == 2);
  CHECK(faults[0].text() == "g.json: tensors.1.shape: is missing");
  CHECK_THAT(faults[1].text(), Catch::Contains("did you mean 'shape'?"));
}

TEST_CASE("Text that is not JSON is named by line and column", "[graph]") {
  const auto faults = faults_in(replaced(kSmall, "\"y\"],", "\"y\"]"));
  REQUIRE(faults.size() == 1);
  CHECK(faults[0].where == "g.json:6:9");
  for (std::size_t end = 0; end + 3 < kSmall.size(); ++end) {
    CHECK(faults_in(kSmall.substr(0, end)).size() == 1);
  }
  CHECK_FALSE(faults_in("[1e999]").empty());
  CHECK_FALSE(faults_in("\"\xFF\"").empty());
  CHECK_FALSE(faults_in(std::string(100000, '[')).empty());
  CHECK_FALSE(faults_in("[]").empty());
}

TEST_CASE("A key that stands twice is refused, as one of its values would be lost", "[graph]") {
  require_fault("\"name\": \"fc\",", "\"name\": \"fc\", \"name\": \"fd\",",
                "key \"name\" stands twice in one object");
}

TEST_CASE("What is read has been checked", "[graph]") {
  require_fault("[16, 10]", "[15, 10]", "g.json: nodes.0 'fc': a is [..., 4, 16]");
}

TEST_CASE("A graph file that cannot be read says so", "[graph]") {
  CHECK_THROWS_WITH(load_json("/nowhere/g.json"), Catch::Contains("cannot be read"));
}
