// SPDX-License-Identifier: Apache-2.0
// Headers and instructions as runs of tagged fields. A field that this version does not know is
// stepped over: minor versions only add.
#pragma once

#include "isa/binary/wire.h"
#include "isa/program.h"

namespace npulse::isa::binary {

void encode_header(WireWriter& out, const ProgramHeader& header);
void decode_header(WireReader& in, ProgramHeader& header);

/// `line` is the previous instruction's line of the same chunk, 0 at its begin; it is updated.
void encode_instruction(WireWriter& out, const Instruction& instruction, std::uint32_t& line);
void decode_instruction(WireReader& in, Instruction& instruction, std::uint32_t& line);

}  // namespace npulse::isa::binary
