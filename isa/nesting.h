// SPDX-License-Identifier: Apache-2.0
// Follows the loops and marks of one core's stream.
#pragma once

#include <optional>
#include <vector>

#include "isa/instruction.h"
#include "sim/core/error.h"

namespace npulse::isa {

class Nesting {
 public:
  /// Takes the next instruction; says what is wrong when it may not stand here.
  std::optional<Diagnostic> accept(const Instruction& instruction);

  /// What is wrong when the stream ends here.
  std::optional<Diagnostic> finish() const;

  /// The innermost open block (loop or mark).
  std::optional<Opcode> innermost() const;

 private:
  struct Block {
    Opcode opcode;
    std::uint32_t line;
  };
  std::optional<Diagnostic> open(const Instruction& instruction);
  std::optional<Diagnostic> close(Opcode opener, Opcode closer);

  std::vector<Block> blocks_;
  int loops_ = 0;
  bool ended_ = false;
};

}  // namespace npulse::isa
