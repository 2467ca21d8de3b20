// SPDX-License-Identifier: Apache-2.0
// Whether two programs are the same to the last field.
#pragma once

#include "isa/memory_program.h"

namespace npulse::test {

inline bool same_program(const isa::MemoryProgram& a, const isa::MemoryProgram& b) {
  if (!(a.header() == b.header())) return false;
  for (std::uint32_t core = 0; core < a.header().cores; ++core) {
    if (a.instructions(core) != b.instructions(core)) return false;
  }
  return true;
}

}  // namespace npulse::test
