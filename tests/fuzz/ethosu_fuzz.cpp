// SPDX-License-Identifier: Apache-2.0
// Any bytes as a command stream of Ethos-U, bare and after a sound beginning; a graph that comes
// out survives its JSON form.
#include <cstdint>
#include <sstream>

#include "tests/support/ethosu_writer.h"
#include "traces/graph/json.h"
#include "traces/importers/ethosu.h"

namespace {

using namespace npulse;

void exercise(const std::string& bytes) {
  try {
    const auto imported = importers::import_ethosu_bytes(bytes, "fuzz.bin");
    const auto& graph = std::get<graph::Graph>(imported.product);
    std::ostringstream out;
    graph::write_json(graph, out);
    ensure(graph::read_json(out.str(), "fuzz.json") == graph, "a graph changes in its JSON form");
  } catch (const InputError&) {
  }
}

/// Every register that an operation needs.
std::string sound_beginning() {
  test::EthosuWriter writer;
  const test::EthosuMap map{.height = 8, .width = 8, .depth = 16};
  writer.ifm(map);
  writer.ifm2(map, 0);
  writer.ofm({.base = 0x1000, .height = 8, .width = 8, .depth = 16});
  writer.window({});
  writer.weights(0, 0, 64);
  writer.dma(1, 0x1000, 2, 0, 1024);
  return writer.bytes;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const std::string kBeginning = sound_beginning();
  const std::string bytes{reinterpret_cast<const char*>(data), size};
  exercise(bytes);
  exercise(kBeginning + bytes + std::string(4, '\0'));
  return 0;
}
