// SPDX-License-Identifier: Apache-2.0
// Text and binary form against each other, over every field of every opcode.
#include <catch2/catch.hpp>

#include "isa/binary/record.h"
#include "isa/text/instruction_parser.h"
#include "tests/support/random_instruction.h"
#include "tests/support/sample_program.h"

using namespace npulse;
using namespace npulse::isa;
using namespace npulse::isa::tests;

namespace {

const ProgramHeader kNames = [] {
  ProgramHeader header;
  header.queues = {{"ld", QueueKind::dma}, {"mx", QueueKind::matrix}, {"wait", QueueKind::vector}};
  header.events = {{"in", {}}, {"signal", {}}, {"dst", {}}};
  return header;
}();

const text::Names kLookUp{{{"ld", 0}, {"mx", 1}, {"wait", 2}},
                          {{"in", 0}, {"signal", 1}, {"dst", 2}}};

std::string printed(const Instruction& instruction) {
  return to_text(instruction, kNames);
}

}  // namespace

TEST_CASE("Text, binary and text again are the same bytes, whatever the compression", "[isa]") {
  const auto program = assemble(kSample);
  REQUIRE(text_of(program) == kSample);
  const auto compression = GENERATE(Compression::none, Compression::gzip, Compression::zstd);
  const std::size_t chunk_bytes = GENERATE(1, 100, 65536);
  REQUIRE(text_of(from_binary(to_binary(program, {compression, chunk_bytes}))) == kSample);
}

TEST_CASE("The binary form keeps lines and the header to the letter", "[isa]") {
  const auto program = assemble(kSample);
  const auto back = from_binary(to_binary(program, {Compression::zstd, 64}));
  REQUIRE(back.header() == program.header());
  REQUIRE(back.name() == "t.npb");
  for (std::uint32_t core = 0; core < 2; ++core) {
    const auto stream = back.open(core);
    Instruction instruction;
    for (const auto& expected : program.instructions(core)) {
      REQUIRE(stream->next(instruction));
      REQUIRE(instruction == expected);
    }
    REQUIRE_FALSE(stream->next(instruction));
  }
}

TEST_CASE("Any instruction survives the binary form", "[isa]") {
  RandomInstruction random{1};
  for (int i = 0; i < 5000; ++i) {
    Instruction instruction = random.make(3);
    instruction.line = static_cast<std::uint32_t>(i * 7919 % 1000);
    binary::WireWriter out;
    std::uint32_t line = 500;
    binary::encode_instruction(out, instruction, line);
    binary::WireReader in{out.bytes()};
    Instruction back;
    line = 500;
    binary::decode_instruction(in, back, line);
    REQUIRE(back == instruction);
    REQUIRE(in.at_end());
  }
}

TEST_CASE("Any instruction survives the text form", "[isa]") {
  RandomInstruction random{2};
  for (int i = 0; i < 5000; ++i) {
    const Instruction instruction = random.make(3);
    if (instruction.opcode() == Opcode::endloop || instruction.opcode() == Opcode::endmark)
      continue;
    const std::string line = printed(instruction);
    CAPTURE(line);
    text::Cursor in{line};
    REQUIRE(text::parse_instruction(in, kLookUp) == instruction);
  }
}
