// SPDX-License-Identifier: Apache-2.0
// Any bytes as a SCALE-Sim topology and configuration; a graph that comes out survives its JSON
// form.
#include <cstdint>
#include <sstream>

#include "traces/graph/json.h"
#include "traces/importers/scalesim.h"
#include "traces/importers/scalesim_cfg.h"

namespace {

using namespace npulse;

void round_trip(const graph::Graph& graph) {
  std::ostringstream out;
  graph::write_json(graph, out);
  ensure(graph::read_json(out.str(), "fuzz.json") == graph, "a graph changes in its JSON form");
}

void exercise(const std::string& text, bool strict) {
  try {
    const auto imported =
        importers::import_scalesim_text(text, "fuzz.csv", {.strict = strict, .dims = {}});
    round_trip(std::get<graph::Graph>(imported.product));
  } catch (const InputError&) {
  }
  try {
    importers::import_scalesim_cfg_text(text, "fuzz.cfg", {.strict = strict, .dims = {}});
  } catch (const InputError&) {
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text{reinterpret_cast<const char*>(data), size};
  exercise(text, false);
  exercise(text, true);
  return 0;
}
