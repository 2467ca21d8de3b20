// SPDX-License-Identifier: Apache-2.0
// Any bytes as a Timeloop problem, and as what it includes; a graph that comes out survives its
// JSON form.
#include <cstdint>
#include <sstream>

#include "traces/graph/json.h"
#include "traces/importers/timeloop.h"

using namespace npulse;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text{reinterpret_cast<const char*>(data), size};
  const auto included = [&](const std::string& path) {
    return path.size() % 2 == 0 ? "base: &base {version: 0.4, instance: {N: 1}}\n" : text;
  };
  try {
    const auto imported = importers::import_timeloop_text(
        text, "fuzz.yaml", {.strict = false, .dims = {{"BATCH", 2}}}, included);
    const auto& graph = std::get<graph::Graph>(imported.product);
    std::ostringstream out;
    graph::write_json(graph, out);
    ensure(graph::read_json(out.str(), "fuzz.json") == graph, "a graph changes in its JSON form");
  } catch (const InputError&) {
  }
  return 0;
}
