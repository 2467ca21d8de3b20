// SPDX-License-Identifier: Apache-2.0
// Prints the instructions of one core with the indentation of their blocks.
#pragma once

#include "isa/program.h"

namespace npulse::isa::text {

class Printer {
 public:
  explicit Printer(const ProgramHeader& header) : header_{header} {}

  /// Adds the line of the core's next instruction to `out`.
  void print(std::string& out, const Instruction& instruction);

 private:
  const ProgramHeader& header_;
  std::size_t depth_ = 1;  ///< Inside the core's braces.
};

}  // namespace npulse::isa::text
