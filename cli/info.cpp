// SPDX-License-Identifier: Apache-2.0
// npulse info PROGRAM|GRAPH
#include <fmt/format.h>

#include <iostream>
#include <map>
#include <nlohmann/json.hpp>

#include "cli/command.h"
#include "cli/graph_summary.h"
#include "sim/core/error.h"
#include "sim/core/text_table.h"
#include "traces/graph/json.h"
#include "traces/program_file.h"

namespace npulse::cli {
namespace {

using Counts = std::map<std::string, std::int64_t>;

/// Static instructions by opcode, loops not expanded.
Counts count_opcodes(const isa::Program& program) {
  Counts counts;
  isa::Instruction instruction;
  for (std::uint32_t core = 0; core < program.header().cores; ++core) {
    const auto stream = program.open(core);
    while (stream->next(instruction)) ++counts[to_string(instruction.opcode())];
  }
  return counts;
}

std::vector<std::string> queue_texts(const isa::ProgramHeader& header) {
  std::vector<std::string> texts;
  for (const auto& queue : header.queues)
    texts.push_back(queue.name + " (" + to_string(queue.kind) + ")");
  return texts;
}

nlohmann::ordered_json as_json(const isa::Program& program, const Counts& counts) {
  const isa::ProgramHeader& header = program.header();
  return {{"name", program.name()},
          {"version", fmt::format("{}.{}", header.major, header.minor)},
          {"target", header.target},
          {"cores", header.cores},
          {"sync", to_string(header.sync)},
          {"queues", queue_texts(header)},
          {"events", header.events.size()},
          {"meta", header.meta},
          {"instructions", counts}};
}

void print_text(const isa::Program& program, const Counts& counts) {
  const isa::ProgramHeader& header = program.header();
  fmt::print("{}: program {}.{} for {}, {} cores, sync={}\n", program.name(), header.major,
             header.minor, header.target.empty() ? "any chip" : header.target, header.cores,
             to_string(header.sync));
  fmt::print("  queues  {}\n  events  {}\n", join(queue_texts(header)), header.events.size());
  TextTable table{{"opcode", "instructions"}};
  for (const auto& [opcode, count] : counts) table.row({opcode, std::to_string(count)});
  fmt::print("\n{}", table.text());
  if (!header.meta.empty()) fmt::print("\n");
  for (const auto& [key, value] : header.meta) fmt::print("  {} = {}\n", key, value);
}

void show_graph(const graph::Graph& graph, bool json) {
  if (json) {
    std::cout << graph_json(graph).dump(2) << "\n";
  } else {
    print_graph(graph);
  }
}

void show_program(const isa::Program& program, bool json) {
  const Counts counts = count_opcodes(program);
  if (json) {
    std::cout << as_json(program, counts).dump(2) << "\n";
  } else {
    print_text(program, counts);
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
