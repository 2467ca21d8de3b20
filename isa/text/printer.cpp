// SPDX-License-Identifier: Apache-2.0
#include "isa/text/printer.h"

#include <fmt/format.h>

#include "isa/text/disassembler.h"
#include "isa/text/record.h"

namespace npulse::isa {
namespace {

void print_sync(std::string& out, const Instruction& instruction, const ProgramHeader& header) {
  const char* separator = " wait ";
  for (const Wait& wait : instruction.waits) {
    out += fmt::format("{}{}>={}", separator, header.events.at(wait.event).name, wait.count);
    text::print_steps(out, wait.steps, false);
    separator = ",";
  }
  separator = " signal ";
  for (const Signal& signal : instruction.signals) {
    out += fmt::format("{}{}+{}", separator, header.events.at(signal.event).name, signal.amount);
    separator = ",";
  }
}

void print_instruction(std::string& out, const Instruction& instruction,
                       const ProgramHeader& header) {
  const Opcode opcode = instruction.opcode();
  if (opcode == Opcode::endloop || opcode == Opcode::endmark) {
    out += '}';
    return;
  }
  if (instruction.queue != kNoQueue) out += header.queues.at(instruction.queue).name + ": ";
  out += to_string(opcode);
  std::visit([&](const auto& op) { text::print_fields(out, op); }, instruction.operation);
  print_sync(out, instruction, header);
  if (opcode == Opcode::loop || opcode == Opcode::mark) out += " {";
}

}  // namespace

void text::Printer::print(std::string& out, const Instruction& instruction) {
  const Opcode opcode = instruction.opcode();
  if (opcode == Opcode::endloop || opcode == Opcode::endmark) --depth_;
  out.append(2 * depth_, ' ');
  print_instruction(out, instruction, header_);
  out += '\n';
  if (opcode == Opcode::loop || opcode == Opcode::mark) ++depth_;
}

std::string to_text(const Instruction& instruction, const ProgramHeader& header) {
  std::string out;
  print_instruction(out, instruction, header);
  return out;
}

}  // namespace npulse::isa
