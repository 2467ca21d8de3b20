// SPDX-License-Identifier: Apache-2.0
#include "cli/program_summary.h"

#include <fmt/format.h>

#include <map>

#include "sim/core/error.h"
#include "sim/core/text_table.h"

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

}  // namespace

nlohmann::ordered_json program_json(const isa::Program& program) {
  const isa::ProgramHeader& header = program.header();
  return {{"name", program.name()},
          {"version", fmt::format("{}.{}", header.major, header.minor)},
          {"target", header.target},
          {"cores", header.cores},
          {"sync", to_string(header.sync)},
          {"queues", queue_texts(header)},
          {"events", header.events.size()},
          {"meta", header.meta},
          {"instructions", count_opcodes(program)}};
}

void print_program(const isa::Program& program) {
  const isa::ProgramHeader& header = program.header();
  fmt::print("{}: program {}.{} for {}, {} cores, sync={}\n", program.name(), header.major,
             header.minor, header.target.empty() ? "any chip" : header.target, header.cores,
             to_string(header.sync));
  fmt::print("  queues  {}\n  events  {}\n", join(queue_texts(header)), header.events.size());
  TextTable table{{"opcode", "instructions"}};
  for (const auto& [opcode, count] : count_opcodes(program))
    table.row({opcode, std::to_string(count)});
  fmt::print("\n{}", table.text());
  if (!header.meta.empty()) fmt::print("\n");
  for (const auto& [key, value] : header.meta) fmt::print("  {} = {}\n", key, value);
}

}  // namespace npulse::cli
