// SPDX-License-Identifier: Apache-2.0
#include "sim/core/param_writers.h"

#include <catch2/catch.hpp>

#include "sim/core/config.h"
#include "tests/sim/sample_params.h"

using namespace npulse;
using npulse::test::Device;

namespace {

struct Loaded {
  Device device;
  std::vector<Provenance> provenance;
};

Loaded load(const std::string& text, const std::vector<std::string>& assignments = {}) {
  ConfigFile file = ConfigFile::parse(text, "d.yaml");
  for (const auto& assignment : assignments) file.set(assignment);
  Loaded loaded;
  loaded.device = read<Device>(file, &loaded.provenance);
  return loaded;
}

std::string dump(const Loaded& loaded) {
  return to_yaml(reflect(loaded.device), loaded.provenance);
}

}  // namespace

TEST_CASE("The dump reads back to the same values, sources and dump", "[config]") {
  const Loaded first = load(test::kFullDevice, {"ratio=0.1", "parts.\"x y\"={banks: 4}"});
  const Loaded again = load(dump(first));
  REQUIRE(to_json(reflect(again.device)) == to_json(reflect(first.device)));
  REQUIRE(again.provenance.size() == first.provenance.size());
  for (std::size_t i = 0; i < first.provenance.size(); ++i) {
    INFO(first.provenance[i].path);
    REQUIRE(again.provenance[i].path == first.provenance[i].path);
    REQUIRE(again.provenance[i].mark == first.provenance[i].mark);
    REQUIRE(again.provenance[i].source == first.provenance[i].source);
  }
  REQUIRE(dump(again) == dump(first));
}

TEST_CASE("Text that YAML would take for something else is quoted in the dump", "[config]") {
  const std::string name = GENERATE("null", "- a", "a: b", "a # b", "", " x", "x ", "a\"b\\", "[",
                                    "@x", "tab\there", "new\nline", "{a}", "?", "!tag", "%", "a,b");
  CAPTURE(name);
  Loaded loaded;
  loaded.device.name = name;
  REQUIRE(load(dump(loaded)).device.name == name);
}

TEST_CASE("The dump shows doc, unit, range and source of a value", "[config]") {
  const std::string text = dump(load(test::kFullDevice));
  REQUIRE_THAT(text, Catch::Contains("# Core clock. [between 1 Hz and 10 GHz]\n"
                                     "clock: 1.5 GHz  # vendor: data sheet 'rev # 3', page 12\n"));
  REQUIRE_THAT(text, Catch::Contains("  # Banks | ports. [count, between 1 and 64]\n"
                                     "  banks: 16  # derived: 2 x 16 MiB\n"));
  REQUIRE_THAT(text, Catch::Contains("types: [os, ws]  # read: manual\n"));
  REQUIRE_THAT(dump(load("name: x")), Catch::Contains("# latency: not set\n"));
}

TEST_CASE("JSON holds base units, lists, maps and null for what is not set", "[config]") {
  const auto json = to_json(reflect(load("name: x\nmemory: {capacity: 1 MiB}").device));
  REQUIRE(json["memory"]["capacity"] == 1 << 20);
  REQUIRE(json["latency"].is_null());
  REQUIRE(json["types"] == nlohmann::ordered_json{"ws"});
  REQUIRE(json["energy"].is_object());
  REQUIRE(json.begin().key() == "name");
}

TEST_CASE("The schema names every parameter, its range and what is required", "[config]") {
  const auto schema = json_schema(reflect(Device{}), "device");
  REQUIRE(schema["required"] == nlohmann::ordered_json{"name"});
  REQUIRE(schema["additionalProperties"] == false);
  REQUIRE(schema["properties"]["flow"]["enum"] == nlohmann::ordered_json{"os", "ws"});
  REQUIRE(schema["properties"]["memory"]["properties"]["banks"]["maximum"] == 64);
  REQUIRE(schema["properties"]["clock"]["anyOf"][0]["minimum"] == 1);
  REQUIRE(schema["properties"]["queues"]["items"]["required"] == nlohmann::ordered_json{"name"});
  REQUIRE(schema["properties"]["energy"]["propertyNames"]["enum"].size() == 2);
  const auto& latency = schema["properties"]["latency"]["anyOf"];
  REQUIRE(latency.back()["type"] == "null");
}

TEST_CASE("The reference has a row for every parameter", "[config]") {
  const std::string text = to_markdown(reflect(Device{}), "device");
  REQUIRE_THAT(text, Catch::StartsWith("## device\n"));
  REQUIRE_THAT(text, Catch::Contains("| `name` |  | required |  | Name of the device. |\n"));
  REQUIRE_THAT(text, Catch::Contains(
                         "| `memory.banks` | count | 8 | between 1 and 64 | Banks \\| ports. |\n"));
  REQUIRE_THAT(text, Catch::Contains("| `queues[].depth` | count | 2 | at least 1 | Entries. |\n"));
  REQUIRE_THAT(text, Catch::Contains("| `parts.<name>.banks` |"));
  REQUIRE_THAT(text, Catch::Contains("| `energy` | pJ | none | each at least 0 pJ |"));
}
