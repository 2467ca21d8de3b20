// SPDX-License-Identifier: Apache-2.0
#include "isa/text/assembler.h"

#include <fmt/format.h>

#include <set>
#include <sstream>

#include "isa/nesting.h"
#include "isa/rules/rules.h"
#include "isa/text/header.h"
#include "isa/text/instruction_parser.h"
#include "isa/text/line_reader.h"
#include "isa/text/values.h"

namespace npulse::isa {
namespace {

using text::Cursor;
using text::LineFault;

constexpr std::size_t kMaxFaults = 100;  // more help nobody; the rest of the text is not read

class Assembler {
 public:
  Assembler(std::istream& in, const std::string& name, ProgramSink& sink)
      : lines_{in}, name_{name}, sink_{sink} {}

  void run() {
    while (faults_.size() < kMaxFaults && lines_.next()) {
      try {
        read_line();
      } catch (const LineFault& fault) {
        report(fault);
      }
    }
    if (faults_.size() < kMaxFaults) finish();
    faults_.throw_if_any();
    sink_.finish({});
  }

 private:
  void read_line() {
    Cursor in{lines_.line()};
    if (lines_.too_long())
      in.fail(fmt::format("the line is longer than {} characters", lines_.kMaxLine));
    if (in.at_end()) return;
    if (!version_seen_) {
      read_version(in);
    } else if (in.peek() == '.') {
      read_directive(in);
    } else if (in.take('}')) {
      close(in);
    } else if (!core_) {
      open_core(in);
    } else {
      read_instruction(in);
    }
    if (!in.at_end()) in.fail(fmt::format("expected the end of the line, found {}", in.found()));
  }

  void read_version(Cursor& in) {
    version_seen_ = true;  // asked for once
    if (!in.take(".npu"))
      in.fail(fmt::format("a program begins with '.npu {}.{}'", kMajorVersion, kMinorVersion));
    text::parse_version(in, header_);
  }

  void read_directive(Cursor& in) {
    in.take('.');
    const std::size_t column = in.column();
    const std::string_view word = in.word();
    if (begun_) in.fail_at(column, "a directive after the first core", "put it before");
    text::parse_directive(in, word, column, header_);
  }

  /// The header is complete: checks it and hands it on.
  void begin() {
    if (begun_) return;
    begun_ = true;
    check_header(header_, name_, faults_);
    for (const auto& queue : header_.queues) {
      names_.queues.emplace(queue.name, static_cast<std::uint16_t>(names_.queues.size()));
    }
    for (const auto& event : header_.events) {
      names_.events.emplace(event.name, static_cast<EventId>(names_.events.size()));
    }
    if (faults_.empty()) sink_.begin(header_);
  }

  void open_core(Cursor& in) {
    const std::size_t column = in.column();
    if (in.name() != "core")
      in.fail_at(column, "expected 'core N {' or a directive",
                 "instructions stand in a core's braces");
    begin();
    if (in.at_end()) in.fail("the core's number is missing");
    const std::size_t number_column = in.column();
    std::uint32_t core = 0;
    text::parse(in, core);
    core_ = core;  // even when it is wrong: its lines are read for their own faults
    core_line_ = lines_.number();
    nesting_ = {};
    if (core >= header_.cores) {
      in.fail_at(
          number_column, fmt::format("core {}", core),
          fmt::format("allowed: 0 to {}; '.cores' says {}", header_.cores - 1, header_.cores));
    }
    if (!seen_.insert(core).second)
      in.fail_at(number_column, fmt::format("core {} is given twice", core));
    expect_brace(in);
  }

  void read_instruction(Cursor& in) {
    const std::size_t column = in.column();
    Instruction instruction = text::parse_instruction(in, names_);
    instruction.line = lines_.number();
    const bool block = instruction.opcode() == Opcode::loop || instruction.opcode() == Opcode::mark;
    if (block) expect_brace(in);
    if (auto fault = fault_of(instruction, header_))
      in.fail_at(column, fault->message, fault->hint);
    put(in, column, instruction);
  }

  void close(Cursor& in) {
    const std::size_t column = in.column() - 1;
    if (!core_) in.fail_at(column, "'}' closes nothing");
    const auto block = nesting_.innermost();
    if (!block) {
      core_.reset();
      return;
    }
    Instruction instruction;
    instruction.line = lines_.number();
    instruction.operation = *block == Opcode::loop ? Operation{EndLoop{}} : Operation{EndMark{}};
    put(in, column, instruction);
  }

  void put(const Cursor& in, std::size_t column, const Instruction& instruction) {
    if (auto fault = nesting_.accept(instruction)) in.fail_at(column, fault->message, fault->hint);
    if (faults_.empty()) sink_.put(*core_, instruction);
  }

  static void expect_brace(Cursor& in) {
    if (in.at_end() || !in.take('{')) in.fail(fmt::format("expected '{{', found {}", in.found()));
  }

  void finish() {
    if (!version_seen_) {
      faults_.add(name_, "the text is empty",
                  fmt::format("a program begins with '.npu {}.{}'", kMajorVersion, kMinorVersion));
      return;
    }
    begin();
    if (!core_) return;
    if (const auto fault = nesting_.finish()) faults_.add(name_, fault->message, fault->hint);
    faults_.add(name_,
                fmt::format("core {} is never closed (opened at line {})", *core_, core_line_),
                "add the missing '}'");
  }

  /// Each unknown name is said once, however often it is used.
  void report(const LineFault& fault) {
    if (fault.message.starts_with("unknown") && !unknown_.insert(fault.message).second) return;
    faults_.add(fmt::format("{}:{}:{}", name_, lines_.number(), fault.column), fault.message,
                fault.hint);
  }

  text::LineReader lines_;
  const std::string& name_;
  ProgramSink& sink_;
  ProgramHeader header_;
  text::Names names_;
  Nesting nesting_;
  Faults faults_;
  std::set<std::string> unknown_;
  std::set<std::uint32_t> seen_;
  std::optional<std::uint32_t> core_;  ///< Whose braces are open.
  std::uint32_t core_line_ = 0;
  bool version_seen_ = false, begun_ = false;
};

}  // namespace

void assemble(std::istream& in, const std::string& name, ProgramSink& sink) {
  Assembler{in, name, sink}.run();
}

MemoryProgram assemble(const std::string& text, const std::string& name) {
  MemoryProgram program{name};
  std::istringstream in{text};
  assemble(in, name, program);
  return program;
}

}  // namespace npulse::isa
