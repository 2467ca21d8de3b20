// SPDX-License-Identifier: Apache-2.0
// npulse info PROGRAM|GRAPH
#include <iostream>

#include "cli/command.h"
#include "cli/graph_summary.h"
#include "cli/program_summary.h"
#include "traces/graph/json.h"
#include "traces/program_file.h"

namespace npulse::cli {
namespace {

void show_graph(const graph::Graph& graph, bool json) {
  if (json) {
    std::cout << graph_json(graph).dump(2) << "\n";
  } else {
    print_graph(graph);
  }
}

void show_program(const isa::Program& program, bool json) {
  if (json) {
    std::cout << program_json(program).dump(2) << "\n";
  } else {
    print_program(program);
  }
}

}  // namespace

int info_command(const Arguments& arguments) {
  CommandLine line{"info PROGRAM|GRAPH [--json]", "npulse info step.npb"};
  line.positional("PROGRAM", "A program, binary or text, or a graph (.json).");
  line.options()("json", "Print JSON.");
  if (!line.parse(arguments)) return 0;
  const auto& name = line.get<std::string>("PROGRAM");
  if (name.ends_with(".json")) {
    show_graph(graph::load_json(name), line.has("json"));
  } else {
    show_program(*traces::open_program(name), line.has("json"));
  }
  return 0;
}

}  // namespace npulse::cli
