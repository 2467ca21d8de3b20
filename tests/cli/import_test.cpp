// SPDX-License-Identifier: Apache-2.0
// npulse import: what it writes, what it says, and that info agrees.
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "tests/cli/requirements.h"
#include "tests/support/chakra_writer.h"

using namespace npulse::test;
using nlohmann::json;

namespace {

const std::string kHeader =
    "Layer name, IFMAP Height, IFMAP Width, Filter Height, Filter Width, Channels, Num Filter, "
    "Strides,\n";
const std::string kTopology = kHeader + "Conv1,20,18,3,3,3,8,1,\nFC,1,1,1,1,64,10,1,\n";
constexpr std::int64_t kMacs = 18 * 16 * 3 * 3 * 3 * 8 + 64 * 10;

}  // namespace

TEST_CASE("An imported topology becomes a graph that info counts alike", "[cli][import]") {
  const Desk desk;
  desk.put("net.csv", kTopology);
  const Outcome outcome = require_done(desk, "import scalesim net.csv -o net.json");
  CHECK(outcome.err == "");
  CHECK_THAT(outcome.out, Catch::Contains("net: 2 layers") &&
                              Catch::Contains(std::to_string(kMacs)) &&
                              Catch::Contains("wrote net.json"));
  const json counted = json::parse(require_done(desk, "info net.json --json").out);
  CHECK(counted.at("macs") == kMacs);
  CHECK(counted.at("parameters") == 3 * 3 * 3 * 8 + 64 * 10);
  json imported = json::parse(require_done(desk, "import scalesim net.csv --json").out);
  CHECK(imported.at("warnings").empty());
  imported.erase("warnings");
  CHECK(imported == counted);
  CHECK_THAT(require_done(desk, "info net.json").out, Catch::Contains("net: 2 layers"));
}

TEST_CASE("A repair is warned of, and refused when strict", "[cli][import]") {
  const Desk desk;
  desk.put("net.csv", kHeader + "Conv1,20,18,3,3,3,8,1\n");
  const Outcome repaired = require_done(desk, "import scalesim net.csv");
  CHECK_THAT(repaired.err, Catch::Contains("warning: net.csv: repaired: added missing last comma"));
  const Outcome strict = desk.npulse("import scalesim net.csv --strict -o net.json");
  CHECK(strict.code == 2);
  CHECK(strict.out == "");
  CHECK_THAT(strict.err, Catch::Contains("npulse: net.csv:2:22: SCALE-Sim does not read"));
  CHECK(desk.files() == std::set<std::string>{"net.csv"});
}

TEST_CASE("An imported configuration is a chip that runs", "[cli][import]") {
  const Desk desk;
  desk.put("small.cfg",
           npulse::tests::read_file(NPULSE_SOURCE_DIR "/tests/traces/importers/data/small.cfg"));
  require_done(desk, "import scalesim-cfg small.cfg -o chip.yaml");
  CHECK(require_done(desk, "import scalesim-cfg small.cfg").out == desk.read("chip.yaml"));
  const std::string run = require_done(desk, "run ./chip.yaml gemm:64,64,64 --json -").out;
  CHECK(json::parse(run).at("chip") == "small_array");
}

TEST_CASE("A Timeloop problem becomes a graph, a wrong one is refused by its place",
          "[cli][import]") {
  const Desk desk;
  desk.put("fc.yaml", "problem: {shape: gemm_ABZ, M: 16, N: ROWS, K: 64}\n");
  const Outcome refused = desk.npulse("import timeloop fc.yaml");
  CHECK(refused.code == 2);
  CHECK_THAT(refused.err, Catch::Contains("fc.yaml:1:38: 'ROWS' is not a number") &&
                              Catch::Contains("--dim ROWS=N"));
  require_done(desk, "import timeloop fc.yaml --dim ROWS=32 -o fc.json");
  CHECK(json::parse(require_done(desk, "info fc.json --json").out).at("macs") == 16 * 32 * 64);
}

TEST_CASE("A Chakra trace becomes a program that runs as long as its longest path",
          "[cli][import]") {
  const Desk desk;
  const auto compute = [](std::uint64_t id, std::uint64_t micros, bool cpu,
                          std::vector<std::uint64_t> after) {
    return ChakraNode{.id = id,
                      .dependencies = std::move(after),
                      .duration = micros,
                      .numbers = {{"is_cpu_op", cpu ? 1u : 0u}}};
  };
  // 0 -> 1 -> 3, and 2 -> 3 on another queue.
  desk.put("t.et", chakra_trace({compute(0, 30, true, {}), compute(1, 50, false, {0}),
                                 compute(2, 20, true, {}), compute(3, 10, true, {1, 2})}));
  for (const char* file : {"t.npt", "t.npb"}) {
    CHECK_THAT(require_done(desk, std::string{"import chakra t.et -o "} + file).out,
               Catch::Contains("opaque") && Catch::Contains("wrote"));
    require_done(desk, std::string{"check "} + file + " --chip edu-8x8");
    const json run =
        json::parse(require_done(desk, std::string{"run edu-8x8 "} + file + " --json -").out);
    const double cycles = run.at("cycles").get<double>();
    CHECK(cycles >= 90000);
    CHECK(cycles < 90000 * 1.001);
  }
  CHECK(desk.npulse("import chakra t.et -o t.json").code == 2);
  CHECK(json::parse(require_done(desk, "import chakra t.et --json").out).at("cores") == 1);
}

TEST_CASE("Wrong formats, files and graphs are refused with exit code 2", "[cli][import]") {
  const Desk desk;
  desk.put("net.csv", kTopology);
  desk.put("bad.json", "{\n\"npulse_graph\": 1,,\n}");
  const std::vector<std::pair<std::string, std::string>> refused{
      {"import scalsim net.csv", "did you mean 'scalesim'?"},
      {"import scalesim nowhere.csv", "nowhere.csv: cannot be read"},
      {"import scalesim net.csv -o nowhere/net.json", "nowhere/net.json"},
      {"import scalesim net.csv --dim seq=0", "--dim: 'seq=0' is not NAME=SIZE"},
      {"import scalesim net.csv --dim seq", "--dim: 'seq' is not NAME=SIZE"},
      {"info bad.json", "bad.json:2:19: syntax error"},
      {"info nowhere.json", "nowhere.json: cannot be read"}};
  for (const auto& [arguments, says] : refused) {
    const Outcome outcome = desk.npulse(arguments);
    INFO("npulse " << arguments << "\n" << outcome.err);
    CHECK(outcome.code == 2);
    CHECK(outcome.out == "");
    CHECK_THAT(outcome.err, Catch::Contains(says));
  }
}
