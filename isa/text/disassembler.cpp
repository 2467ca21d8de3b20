// SPDX-License-Identifier: Apache-2.0
#include "isa/text/disassembler.h"

#include "isa/text/header.h"
#include "isa/text/printer.h"

namespace npulse::isa {

void disassemble(const Program& program, std::ostream& out) {
  const ProgramHeader& header = program.header();
  out << text::print_header(header);
  std::string line;
  for (std::uint32_t core = 0; core < header.cores; ++core) {
    out << "\ncore " << core << " {\n";
    text::Printer printer{header};
    const auto stream = program.open(core);
    for (Instruction instruction; stream->next(instruction); line.clear()) {
      printer.print(line, instruction);
      out << line;
    }
    out << "}\n";
  }
}

}  // namespace npulse::isa
