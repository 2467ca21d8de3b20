// SPDX-License-Identifier: Apache-2.0
#include "isa/binary/code_stream.h"

#include <fmt/format.h>

#include "isa/binary/record.h"
#include "isa/rules/rules.h"

namespace npulse::isa::binary {

bool CodeStream::next(Instruction& out) {
  while (reader_.at_end()) {
    if (!load_chunk()) {
      if (auto fault = nesting_.finish()) fail(fault->message);
      return false;
    }
  }
  ++number_;
  try {
    decode_instruction(reader_, out, line_);
  } catch (const WireFault& fault) {
    fail(fmt::format("{} (decoded byte {})", fault.message, fault.offset));
  }
  auto fault = fault_of(out, program_.header());
  if (!fault) fault = nesting_.accept(out);
  if (fault) fail(fault->message, fault->hint);
  return true;
}

bool CodeStream::load_chunk() {
  if (next_chunk_ == chunks_.size()) return false;
  const auto& chunk = chunks_[next_chunk_++];
  number_ = 0;
  line_ = 0;
  try {
    code_ = expand_code(chunk);
  } catch (const WireFault& fault) {
    fail(fault.message);
  }
  reader_ = WireReader{code_};
  return true;
}

std::string CodeStream::expand_code(const BinaryProgram::Chunk& chunk) const {
  const std::string payload = program_.payload(chunk);
  WireReader in{payload};
  const CodeHead head = decode_code_head(in);
  if (head.core != chunk.entry.core) fail("the index gives it to another core");
  auto code =
      expand(std::string_view{payload}.substr(in.offset()), head.compression, head.decoded_bytes);
  if (!code)
    fail(fmt::format("its {} data does not give the {} bytes it claims",
                     to_string(head.compression), head.decoded_bytes));
  return *std::move(code);
}

void CodeStream::fail(const std::string& message, const std::string& hint) const {
  const std::string place =
      next_chunk_ ? program_.place(chunks_[next_chunk_ - 1]) : program_.name();
  throw InputError{number_ ? fmt::format("{}, instruction {}", place, number_) : place, message,
                   hint};
}

}  // namespace npulse::isa::binary
