// SPDX-License-Identifier: Apache-2.0
// A parameter struct with every kind of field, for the tests of the configuration system.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "sim/core/config_file.h"
#include "sim/core/enum_names.h"
#include "sim/core/params.h"
#include "sim/core/units.h"

namespace npulse::test {

enum class Flow : std::uint8_t { os, ws };
inline std::span<const EnumName<Flow>> enum_names(Flow) {
  static constexpr EnumName<Flow> kNames[] = {{Flow::os, "os"}, {Flow::ws, "ws"}};
  return kNames;
}

struct Memory {
  Bytes capacity{1 << 20};
  std::int64_t banks = 8;

  template <class V>
  static void describe(V& field) {
    field("capacity", &Memory::capacity, "B", "What it holds.", between(1024, 1 << 30));
    field("banks", &Memory::banks, "count", "Banks | ports.", between(1, 64));
  }
  void check(Faults& faults, const std::string& path) const {
    if (capacity.count() % banks == 0) return;
    faults.add(join_path(path, "banks"), "must divide the capacity", "use a power of two");
  }
};

struct Queue {
  std::string name;
  std::int64_t depth = 2;

  template <class V>
  static void describe(V& field) {
    field("name", &Queue::name, "", "Name of the queue.", required());
    field("depth", &Queue::depth, "count", "Entries.", at_least(1));
  }
};

struct Device {
  std::string name;
  Hertz clock{1'000'000'000};
  bool fast = false;
  double ratio = 0.5;
  Flow flow = Flow::os;
  Memory memory;
  std::optional<Picoseconds> latency;
  std::vector<Flow> types{Flow::ws};
  std::map<Flow, Picojoules> energy;
  std::map<std::string, Memory> parts;
  std::vector<Queue> queues;

  template <class V>
  static void describe(V& field) {
    field("name", &Device::name, "", "Name of the device.", required());
    field("clock", &Device::clock, "Hz", "Core clock.", between(1, 1e10));
    field("fast", &Device::fast, "", "Skips the slow part.");
    field("ratio", &Device::ratio, "ratio", "Share.", between(0, 1));
    field("flow", &Device::flow, "", "Dataflow.");
    field("memory", &Device::memory, "", "Its memory.");
    field("latency", &Device::latency, "ps", "Latency, when known.");
    field("types", &Device::types, "", "Supported flows.");
    field("energy", &Device::energy, "pJ", "Energy a flow.", at_least(0));
    field("parts", &Device::parts, "", "Named memories.");
    field("queues", &Device::queues, "", "Its queues.");
  }
};

inline constexpr const char* kFullDevice = R"(# A full device.
name: lab  # assumed: made up
clock: 1.5 GHz  # vendor: data sheet 'rev # 3', page 12
fast: true
ratio: 0.25  # a comment without a mark
flow: "ws"  # paper: "Flows", 2024
memory: {capacity: 32 MiB, banks: 16}  # derived: 2 x 16 MiB
latency: 40 ns  # measured
types: [os, ws]  # read: manual
energy:
  os: 0.5 pJ  # unverified: a guess
parts:
  a: {banks: 2}
queues:
  - name: ld
    depth: 4
  - {name: st}
)";

}  // namespace npulse::test
