// SPDX-License-Identifier: Apache-2.0
// Instructions to program text, in canonical form: assembling it gives the same instructions, and
// canonical text comes back unchanged.
#pragma once

#include <ostream>

#include "isa/program.h"

namespace npulse::isa {

/// Writes the whole program.
void disassemble(const Program& program, std::ostream& out);

/// One instruction without indentation or line end, for messages. Blocks end in `{`.
std::string to_text(const Instruction& instruction, const ProgramHeader& header);

}  // namespace npulse::isa
