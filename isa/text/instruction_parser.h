// SPDX-License-Identifier: Apache-2.0
// One instruction line: `[QUEUE:] OPCODE fields [wait ...] [signal ...]`.
#pragma once

#include <map>

#include "isa/program.h"
#include "isa/text/cursor.h"

namespace npulse::isa::text {

/// The queues and events that a program declares, by name.
struct Names {
  std::map<std::string, std::uint16_t, std::less<>> queues;
  std::map<std::string, EventId, std::less<>> events;
};

/// Reads an instruction up to the end of its line, or up to the `{` that opens a block.
/// Throws LineFault.
Instruction parse_instruction(Cursor& in, const Names& names);

}  // namespace npulse::isa::text
