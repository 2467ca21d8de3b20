// SPDX-License-Identifier: Apache-2.0
// The instructions of one core of a binary program.
#pragma once

#include "isa/binary/reader.h"
#include "isa/nesting.h"

namespace npulse::isa::binary {

class CodeStream : public InstructionStream {
 public:
  CodeStream(const BinaryProgram& program, const std::vector<BinaryProgram::Chunk>& chunks)
      : program_{program}, chunks_{chunks} {}

  bool next(Instruction& out) override;

 private:
  bool load_chunk();
  std::string expand_code(const BinaryProgram::Chunk& chunk) const;
  [[noreturn]] void fail(const std::string& message, const std::string& hint = {}) const;

  const BinaryProgram& program_;
  const std::vector<BinaryProgram::Chunk>& chunks_;
  std::size_t next_chunk_ = 0;
  std::string code_;
  WireReader reader_{{}};
  std::uint32_t line_ = 0, number_ = 0;
  Nesting nesting_;
};

}  // namespace npulse::isa::binary
