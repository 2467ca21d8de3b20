// SPDX-License-Identifier: Apache-2.0
// Short ways to write instructions in tests.
#pragma once

#include "isa/instruction.h"

namespace npulse::test {

inline isa::Instruction instruction(isa::Operation operation) {
  isa::Instruction result;
  result.operation = std::move(operation);
  return result;
}

inline isa::Instruction opaque(std::int64_t cycles) {
  isa::Opaque op;
  op.cycles = cycles;
  return instruction(op);
}

/// i8 operands in the scratchpad, i32 results in the accumulators.
inline isa::Instruction mm(std::int64_t m, std::int64_t n, std::int64_t k) {
  isa::Mm op;
  op.c.space = isa::Space::acc;
  op.m = m;
  op.n = n;
  op.k = k;
  return instruction(op);
}

}  // namespace npulse::test
