// SPDX-License-Identifier: Apache-2.0
// Overrides (`--set path=value`) and where values come from.
#include <catch2/catch.hpp>

#include "sim/core/config.h"
#include "tests/sim/sample_params.h"

using namespace npulse;
using namespace npulse::literals;
using npulse::test::Device;

namespace {

Device with(const std::vector<std::string>& assignments) {
  ConfigFile file = ConfigFile::parse(test::kFullDevice, "d.yaml");
  for (const auto& assignment : assignments) file.set(assignment);
  return read<Device>(file);
}

std::string fault(const std::string& assignment) {
  try {
    with({assignment});
  } catch (const InputError& error) {
    return error.what();
  }
  return "";
}

std::vector<Provenance> provenance(const ConfigFile& file) {
  std::vector<Provenance> all;
  read<Device>(file, &all);
  return all;
}

Provenance at(const std::vector<Provenance>& all, const std::string& path) {
  for (const auto& entry : all) {
    if (entry.path == path) return entry;
  }
  FAIL("no provenance of " << path);
  return {};
}

}  // namespace

TEST_CASE("A node put elsewhere keeps its origin and mark", "[config]") {
  ConfigFile file = ConfigFile::parse(test::kFullDevice, "d.yaml");
  const ConfigNode energy = *file.root().find("energy")->find("os");
  file.put("energy.ws", energy);
  const auto all = provenance(file);
  REQUIRE(at(all, "energy.ws").mark == Mark::unverified);
  REQUIRE(at(all, "energy.ws").source == at(all, "energy.os").source);
  file.put("name.of.nothing", energy);
  REQUIRE_THROWS_WITH(read<Device>(file), Catch::Contains(energy.origin));
}

TEST_CASE("An override replaces, adds and reaches into lists and maps", "[config]") {
  REQUIRE(with({"memory.banks=4"}).memory.banks == 4);
  REQUIRE(with({"queues.0.name=x"}).queues[0].name == "x");
  REQUIRE(with({"parts.b.banks=1"}).parts.at("b").banks == 1);
  REQUIRE(with({"types=[ws]"}).types == std::vector{test::Flow::ws});
  REQUIRE(with({"memory={capacity: 1 MiB}"}).memory.capacity == 1_MiB);
  REQUIRE(with({"latency=1 us"}).latency == 1000_ns);
  REQUIRE(with({"name=a=b"}).name == "a=b");
}

TEST_CASE("The last override of a path wins", "[config]") {
  REQUIRE(with({"memory.banks=4", "memory.banks=2"}).memory.banks == 2);
}

TEST_CASE("A wrong override is told as it was typed", "[config]") {
  REQUIRE(fault("memory.banks=0") == "--set memory.banks=0: must be between 1 and 64");
  REQUIRE(fault("memory.bnaks=4") ==
          "--set memory.bnaks=4: memory.bnaks: unknown parameter; did you mean 'banks'?");
  REQUIRE(fault("memory={banks: 0}") ==
          "--set memory={banks: 0}: memory.banks = 0: must be between 1 and 64");
  REQUIRE(fault("queues.7.name=x") ==
          "--set queues.7.name=x: there is no '7' in the list of 2 elements");
  REQUIRE(fault("name.x=1") == "--set name.x=1: there is no 'x' in the value 'lab'");
  REQUIRE(fault("name") == "--set name: has no '='; write --set path=value");
  REQUIRE(fault("=3") == "--set =3: names no parameter; write --set path=value");
  REQUIRE_THAT(fault("types=[os"), Catch::StartsWith("--set types=[os: is not valid YAML"));
  REQUIRE(fault("memory.banks=") == "--set memory.banks=: must be one value, but is empty");
}

TEST_CASE("A value's comment says where it comes from", "[config]") {
  const auto all = provenance(ConfigFile::parse(test::kFullDevice, "d.yaml"));
  const Provenance clock = at(all, "clock");
  REQUIRE(clock.value == "1.5 GHz");
  REQUIRE(clock.mark == Mark::vendor);
  REQUIRE(clock.source == "data sheet 'rev # 3', page 12");
  REQUIRE(at(all, "flow").source == "\"Flows\", 2024");
  REQUIRE(at(all, "ratio").mark == Mark::none);
  REQUIRE(at(all, "ratio").source == "a comment without a mark");
  REQUIRE(at(all, "latency").mark == Mark::measured);
}

TEST_CASE("Values that share a line share its comment", "[config]") {
  const auto all = provenance(ConfigFile::parse(test::kFullDevice, "d.yaml"));
  for (const char* path : {"memory.capacity", "memory.banks"}) {
    REQUIRE(at(all, path).mark == Mark::derived);
    REQUIRE(at(all, path).source == "2 x 16 MiB");
  }
  REQUIRE(at(all, "types.1").mark == Mark::read);
}

TEST_CASE("A '#' inside a quoted value opens no comment", "[config]") {
  const auto all = provenance(
      ConfigFile::parse("{name: \"a # vendor: b\", types: ['os']}  # press: c", "d.yaml"));
  REQUIRE(at(all, "name").value == "a # vendor: b");
  REQUIRE(at(all, "name").mark == Mark::press);
  REQUIRE(at(all, "types.0").source == "c");
}

TEST_CASE("Overrides and defaults are marked as such, and every leaf has one entry", "[config]") {
  ConfigFile file = ConfigFile::parse("name: lab  # vendor: x", "d.yaml");
  file.set("memory.banks=4");
  const auto all = provenance(file);
  REQUIRE(at(all, "name").mark == Mark::vendor);
  REQUIRE(at(all, "memory.banks").mark == Mark::set);
  REQUIRE(at(all, "memory.capacity").mark == Mark::by_default);
  REQUIRE(at(all, "memory.capacity").value == "1 MiB");
  REQUIRE(all.size() == 8);  // name clock fast ratio flow memory.{capacity,banks} types.0
}
