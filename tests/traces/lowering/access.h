// SPDX-License-Identifier: Apache-2.0
// Which bytes an instruction reads and writes.
#pragma once

#include <string>
#include <vector>

#include "isa/instruction.h"

namespace npulse::test {

/// One contiguous run.
struct Access {
  isa::Space space;
  std::uint32_t core;   ///< 0 for dram.
  Address first, last;  ///< Half open.
  bool write;
};

std::vector<Access> accesses_of(const isa::Instruction& instruction, std::uint32_t core);

}  // namespace npulse::test
