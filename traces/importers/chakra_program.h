// SPDX-License-Identifier: Apache-2.0
// Nodes of Chakra traces as a program: a core a rank, a queue a kind of work, an event a queue.
#pragma once

#include "isa/memory_program.h"
#include "traces/importers/chakra_trace.h"

namespace npulse::importers::chakra {

struct Rank {
  std::string file;
  std::vector<Node> nodes;
};

/// Dependencies within a queue that does one thing at a time are its order, others a wait for as
/// many completions. What is left out or has no cost is warned of. Throws InputError for cycles and
/// ids that repeat.
isa::MemoryProgram program_of(const std::string& name, const std::vector<Rank>& ranks,
                              std::vector<Diagnostic>& warnings);

}  // namespace npulse::importers::chakra
