// SPDX-License-Identifier: Apache-2.0
// Program text to instructions. docs/isa.md has the grammar.
#pragma once

#include <istream>

#include "isa/memory_program.h"

namespace npulse::isa {

/// Reads the text of `in` into `sink` line by line, in bounded memory. Throws InputError with the
/// faults of the whole text (`name:line:col`); the sink then was not finished.
void assemble(std::istream& in, const std::string& name, ProgramSink& sink);

/// The same for a text in memory.
MemoryProgram assemble(const std::string& text, const std::string& name = "program.npt");

}  // namespace npulse::isa
