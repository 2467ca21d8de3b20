// SPDX-License-Identifier: Apache-2.0
#include "isa/nesting.h"

#include <catch2/catch.hpp>

#include "isa/limits.h"

using namespace npulse;
using namespace npulse::isa;

namespace {

Instruction make(Operation operation, std::uint32_t line = 0) {
  Instruction instruction;
  instruction.operation = std::move(operation);
  instruction.line = line;
  return instruction;
}

/// The first fault of a stream, that at its end included.
std::string fault(const std::vector<Instruction>& code) {
  Nesting nesting;
  for (const auto& instruction : code) {
    if (auto found = nesting.accept(instruction)) return found->message;
  }
  const auto found = nesting.finish();
  return found ? found->message : "";
}

Instruction stepping(std::size_t level) {
  Opaque opaque;
  opaque.at.steps[level].stride = 1;
  return make(opaque);
}

}  // namespace

TEST_CASE("Loops and marks nest in each other", "[isa]") {
  REQUIRE(fault({}).empty());
  REQUIRE(fault({make(Mark{"a"}), make(Loop{2}), make(Mark{"b"}), make(EndMark{}), make(EndLoop{}),
                 make(EndMark{}), make(End{})})
              .empty());
}

TEST_CASE("Blocks that cross, stay open or were never opened are refused", "[isa]") {
  REQUIRE(fault({make(Loop{1}), make(Mark{"a"}), make(EndLoop{})}) ==
          "endloop where no loop is the innermost block");
  REQUIRE(fault({make(EndMark{})}) == "endmark where no mark is the innermost block");
  REQUIRE(fault({make(Loop{1}, 7)}) == "loop is never closed (opened at line 7)");
  REQUIRE(fault({make(Mark{"a"}), make(End{})}) == "mark is never closed");
  REQUIRE(fault({make(End{}), make(Bar{})}) == "an instruction after 'end'");
}

TEST_CASE("Depth is bounded, of loops and of all blocks", "[isa]") {
  std::vector<Instruction> loops(kMaxLoopDepth, make(Loop{1}));
  loops.push_back(make(Loop{1}));
  REQUIRE(fault(loops) == "loops nest deeper than " + std::to_string(kMaxLoopDepth));
  std::vector<Instruction> marks(kMaxMarkDepth + 1, make(Mark{"a"}));
  REQUIRE(fault(marks) == "loops and marks nest deeper than " + std::to_string(kMaxMarkDepth));
}

TEST_CASE("A step needs a loop around it", "[isa]") {
  REQUIRE(fault({stepping(0)}) == "steps for 1 loops inside 0");
  REQUIRE(fault({make(Loop{1}), stepping(1)}) == "steps for 2 loops inside 1");
  REQUIRE(
      fault({make(Loop{1}), make(Loop{1}), stepping(1), make(EndLoop{}), make(EndLoop{})}).empty());
  REQUIRE(fault({make(Loop{1}), make(EndLoop{}), stepping(0)}) == "steps for 1 loops inside 0");
}
