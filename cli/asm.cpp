// SPDX-License-Identifier: Apache-2.0
// npulse asm and npulse dis: between program text and binary programs.
#include <fstream>
#include <iostream>

#include "cli/command.h"
#include "isa/text/assembler.h"
#include "isa/text/disassembler.h"
#include "sim/core/error.h"
#include "sim/core/output_file.h"
#include "traces/program_file.h"

namespace po = boost::program_options;

namespace npulse::cli {
namespace {

void add_output(CommandLine& line, const char* doc) {
  line.options()("output,o", po::value<std::string>()->value_name("FILE"), doc);
}

}  // namespace

int asm_command(const Arguments& arguments) {
  CommandLine line{"asm TEXT -o PROGRAM", "npulse asm tile.npt -o tile.npb"};
  line.positional("TEXT", "Program text.");
  add_output(line, "Program to write: .npb is binary, .npt is text in canonical form.");
  if (!line.parse(arguments)) return 0;
  if (!line.has("output")) {
    throw InputError{"command line", "-o FILE is missing", "usage: npulse asm TEXT -o PROGRAM"};
  }
  const auto& name = line.get<std::string>("TEXT");
  std::ifstream in{name, std::ios::binary};
  if (!in) throw InputError{name, "cannot be read", "check that the file exists and is readable"};
  const auto sink = traces::create_program(line.get<std::string>("output"));
  isa::assemble(in, name, *sink);
  return 0;
}

int dis_command(const Arguments& arguments) {
  CommandLine line{"dis PROGRAM [-o TEXT]", "npulse dis tile.npb"};
  line.positional("PROGRAM", "A program, binary or text.");
  add_output(line, "File to write; standard output without it.");
  if (!line.parse(arguments)) return 0;
  const auto program = traces::open_program(line.get<std::string>("PROGRAM"));
  if (!line.has("output")) {
    isa::disassemble(*program, std::cout);
    return 0;
  }
  OutputFile file{line.get<std::string>("output")};
  isa::disassemble(*program, file.stream());
  file.commit();
  return 0;
}

}  // namespace npulse::cli
