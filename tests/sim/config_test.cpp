// SPDX-License-Identifier: Apache-2.0
#include "sim/core/config.h"

#include <catch2/catch.hpp>

#include "tests/sim/sample_params.h"

using namespace npulse;
using namespace npulse::literals;
using npulse::test::Device;

namespace {

Device device(const std::string& text) {
  return read<Device>(ConfigFile::parse(text, "d.yaml"));
}

/// The faults of a text, one string each.
std::vector<std::string> faults(const ConfigFile& file) {
  try {
    read<Device>(file);
  } catch (const InputError& error) {
    std::vector<std::string> all;
    for (const auto& fault : error.faults()) all.push_back(fault.text());
    return all;
  }
  return {};
}

std::vector<std::string> faults(const std::string& text) {
  return faults(ConfigFile::parse(text, "d.yaml"));
}

using Texts = std::vector<std::string>;

}  // namespace

TEST_CASE("Every kind of field is read", "[config]") {
  const Device d = device(test::kFullDevice);
  REQUIRE(d.name == "lab");
  REQUIRE(d.clock == Hertz{1'500'000'000});
  REQUIRE(d.fast);
  REQUIRE(d.ratio == 0.25);
  REQUIRE(d.flow == test::Flow::ws);
  REQUIRE(d.memory.capacity == 32_MiB);
  REQUIRE(d.latency == 40_ns);
  REQUIRE(d.types == std::vector{test::Flow::os, test::Flow::ws});
  REQUIRE(d.energy.at(test::Flow::os) == Picojoules{0.5});
  REQUIRE(d.parts.at("a").banks == 2);
  REQUIRE(d.queues[1].name == "st");
}

TEST_CASE("What is not given keeps its default", "[config]") {
  const Device d = device("name: x");
  REQUIRE(d.memory.banks == test::Memory{}.banks);
  REQUIRE_FALSE(d.latency);
}

TEST_CASE("All faults come in one pass, each with its place", "[config]") {
  REQUIRE(
      faults("clock: fast\n"
             "fsat: true\n"
             "memory:\n"
             "  banks: 0\n"
             "  capacity: 9 KB\n"
             "  colour: red\n"
             "flow: ww\n"
             "types: os\n"
             "ratio: [1]\n") ==
      Texts{"d.yaml:1:1: name: is missing; give it a value",
            "d.yaml:1:8: clock = fast: must be a number with one of the units Hz, kHz, MHz, GHz",
            "d.yaml:9:8: ratio: must be one value, but is a list",
            "d.yaml:7:7: flow = ww: must be one of os, ws; did you mean 'ws'?",
            "d.yaml:5:13: memory.capacity = 9 KB: unknown unit 'KB', allowed: B, kB, KiB, MB, "
            "MiB, GB, GiB, TB, TiB",
            "d.yaml:4:10: memory.banks = 0: must be between 1 and 64",
            "d.yaml:6:3: memory.colour: unknown parameter; allowed: capacity, banks",
            "d.yaml:8:8: types = os: must be a list, [a, b], but is one value",
            "d.yaml:2:1: fsat: unknown parameter; did you mean 'fast'?"});
}

TEST_CASE("A required key of an absent group is missing", "[config]") {
  REQUIRE(faults("name: x\nqueues: [{depth: 4}]") ==
          Texts{"d.yaml:2:10: queues.0.name: is missing; give it a value"});
}

TEST_CASE("A rule across fields is reported at the field it names", "[config]") {
  REQUIRE(faults("name: x\nmemory:\n  banks: 3\n  capacity: 32 MiB") ==
          Texts{"d.yaml:3:10: memory.banks: must divide the capacity; use a power of two"});
}

TEST_CASE("A rule across fields is not asked about fields that are wrong", "[config]") {
  REQUIRE(faults("name: x\nmemory: {banks: 3, capacity: none}").size() == 1);
}

TEST_CASE("A duplicate key names the first one", "[config]") {
  REQUIRE(faults("name: x\nfast: true\nfast: false") ==
          Texts{"d.yaml:3:1: duplicate key 'fast', first at d.yaml:2:1; remove one of them"});
}

TEST_CASE("Broken YAML is one fault at its place", "[config]") {
  const Texts found = faults("name: [x\nfast: true");
  REQUIRE(found.size() == 1);
  REQUIRE_THAT(found[0], Catch::StartsWith("d.yaml:2:"));
  REQUIRE_THAT(found[0], Catch::Contains("is not valid YAML"));
}

TEST_CASE("An empty value, an empty file and a scalar file are told apart", "[config]") {
  REQUIRE(faults("name:") == Texts{"d.yaml:1:1: name: must be one value, but is empty"});
  REQUIRE(faults("") == Texts{"d.yaml:1:1: name: is missing; give it a value"});
  REQUIRE(faults("# only\n") == Texts{"d.yaml:1:1: name: is missing; give it a value"});
  REQUIRE(faults("12") ==
          Texts{"d.yaml:1:1 = 12: must be a group of `key: value` lines, but is one value"});
  REQUIRE(faults("name: x\n---\nname: y") ==
          Texts{"d.yaml: holds more than one YAML document; keep one"});
}

TEST_CASE("An anchor may be used again, a bomb of them is refused", "[config]") {
  const Device d = device("name: x\nparts: {a: &m {banks: 4}, b: *m}");
  REQUIRE(d.parts.at("b").banks == 4);
  std::string bomb = "a0: &a0 [x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 12; ++i) {
    const std::string before = "*a" + std::to_string(i - 1);
    bomb += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [";
    for (int k = 0; k < 8; ++k) bomb += (k ? ", " : "") + before;
    bomb += "]\n";
  }
  REQUIRE_THAT(faults(bomb).at(0), Catch::Contains("expands to more than 16 MiB"));
}

TEST_CASE("Deep nesting is refused at its place", "[config]") {
  REQUIRE_THAT(faults("name: " + std::string(40, '[')).at(0), Catch::Contains("32 deep"));
  REQUIRE_FALSE(faults(std::string(100'000, '[')).empty());
}

TEST_CASE("Files that are missing, a directory or huge are input errors", "[config]") {
  REQUIRE_THROWS_AS(ConfigFile::load("/nonexistent.yaml"), InputError);
  REQUIRE_THROWS_AS(ConfigFile::load("/tmp"), InputError);
  REQUIRE_THROWS_WITH(ConfigFile::load("/dev/zero"), Catch::Contains("larger than 1 MiB"));
}
