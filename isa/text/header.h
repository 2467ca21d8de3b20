// SPDX-License-Identifier: Apache-2.0
// Directives: `.npu 1.0` and one for each field of ProgramHeader.
#pragma once

#include "isa/program.h"
#include "isa/text/cursor.h"

namespace npulse::isa::text {

/// Reads the rest of a `.npu` line.
void parse_version(Cursor& in, ProgramHeader& header);

/// Reads the rest of any other directive; `name` is the word after the dot, at `column`.
/// Both throw LineFault.
void parse_directive(Cursor& in, std::string_view name, std::size_t column, ProgramHeader& header);

/// Every directive of `header`, `.npu` first.
std::string print_header(const ProgramHeader& header);

}  // namespace npulse::isa::text
