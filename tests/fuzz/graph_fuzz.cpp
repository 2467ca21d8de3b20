// SPDX-License-Identifier: Apache-2.0
// Any bytes as a graph in JSON; what is read is counted, written and read again.
#include <cstdint>
#include <sstream>

#include "sim/core/error.h"
#include "traces/graph/counts.h"
#include "traces/graph/json.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace npulse;
  try {
    const auto graph = graph::read_json({reinterpret_cast<const char*>(data), size}, "fuzz");
    graph::count(graph);
    std::ostringstream out;
    graph::write_json(graph, out);
    ensure(graph::read_json(out.str(), "again") == graph, "a graph changes in its JSON form");
  } catch (const InputError&) {
  }
  return 0;
}
