// SPDX-License-Identifier: Apache-2.0
// --mapping, --write-mapping and --map of the commands that lower.
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "tests/cli/requirements.h"

using namespace npulse::test;

namespace {

const char* const kGraph =
    R"({"npulse_graph": 1, "name": "net", "inputs": ["x"], "outputs": ["z"],
  "tensors": [
    {"name": "x", "type": "i8", "shape": [1, 8, 12, 12]},
    {"name": "w1", "type": "i8", "shape": [16, 8, 3, 3], "constant": true},
    {"name": "y", "type": "i8", "shape": [1, 16, 12, 12]},
    {"name": "w2", "type": "i8", "shape": [8, 16, 1, 1], "constant": true},
    {"name": "z", "type": "i8", "shape": [1, 8, 12, 12]}],
  "nodes": [
    {"name": "stem.conv", "op": "conv", "inputs": ["x", "w1"], "outputs": ["y"], "pads": [1, 1, 1, 1]},
    {"name": "head.conv", "op": "conv", "inputs": ["y", "w2"], "outputs": ["z"]}]
})";

std::int64_t cycles_of(const Desk& desk, const std::string& arguments) {
  const auto out = require_ok(desk, "run " + arguments + " --json -").out;
  return nlohmann::json::parse(out).at("cycles").get<std::int64_t>();
}

}  // namespace

TEST_CASE("Choices that lower wrote, read back, give the program byte for byte", "[cli]") {
  const Desk desk;
  desk.put("net.json", kGraph);
  for (const std::string model : {"gemm:40,50,60", "net.json"}) {
    const std::string lower = "lower " + model + " --chip edu-8x8 ";
    require_ok(desk, lower + "-o a.npb --write-mapping map.yaml");
    require_ok(desk, lower + "-o b.npb --mapping map.yaml --write-mapping again.yaml");
    CHECK(desk.read("a.npb") == desk.read("b.npb"));
    CHECK(desk.read("map.yaml") == desk.read("again.yaml"));
  }
}

TEST_CASE("A search is no slower than the cost model, and silent in a pipe", "[cli]") {
  const Desk desk;
  const std::string search = " --map search --map-budget 20 --write-mapping found.yaml";
  const std::int64_t own = cycles_of(desk, "edu-8x8 gemm:60,70,80");
  const std::int64_t searched = cycles_of(desk, "edu-8x8 gemm:60,70,80" + search);
  CHECK(searched <= own);
  CHECK(cycles_of(desk, "edu-8x8 gemm:60,70,80 --mapping found.yaml") == searched);
}

TEST_CASE("A wrong mapping is refused with places and names, and nothing is written", "[cli]") {
  const Desk desk;
  desk.put("net.json", kGraph);
  desk.put("map.yaml",
           "layers:\n"
           "  stem.cov: {tile: {p: 1}}\n"
           "  head.*: {tile: {p: 2, y: 3}}\n"
           "  head.conv: {order: [m, n, k], split: {k: 3}}\n");
  require_refused(desk, "lower net.json --chip edu-8x8 -o net.npb --mapping map.yaml",
                  {"map.yaml:2:3: layers.stem.cov", "did you mean 'stem.conv'?",
                   "map.yaml:3:25: layers.head.*.tile.y: unknown key",
                   "[m, n, k] is no order of a convolution; allowed: [p, q, k, c] or [k, p, q, c]",
                   "must be between 1 and 1"});
  require_refused(desk, "run edu-8x8 gemm:8,8,8 --map serch", {"--map", "'serch'", "search"});
  require_refused(desk, "run edu-8x8 gemm:8,8,8 --map-budget 5", {"--map-budget", "--map search"});
  require_refused(desk, "run edu-8x8 gemm:8,8,8 --map search --map-budget 0",
                  {"--map-budget", "out of range"});
  require_refused(desk, "run edu-8x8 gemm:8,8,8 --mapping no.yaml", {"no.yaml"});
}
