// SPDX-License-Identifier: Apache-2.0
#include "isa/loop_expander.h"

#include <catch2/catch.hpp>

#include "isa/memory_program.h"
#include "sim/core/error.h"

using namespace npulse;
using namespace npulse::isa;

namespace {

Instruction make(Operation operation) {
  Instruction instruction;
  instruction.operation = std::move(operation);
  return instruction;
}

std::vector<Instruction> expand(const std::vector<Instruction>& code) {
  MemoryProgram program;
  program.begin({});
  for (const auto& instruction : code) program.put(0, instruction);
  LoopExpander expander{program.open(0)};
  std::vector<Instruction> out;
  for (Instruction instruction; expander.next(instruction);) out.push_back(instruction);
  return out;
}

Instruction opaque_at(Address address, LoopStep inner, LoopStep outer = {}) {
  Opaque opaque;
  opaque.at = {Space::dram, {}, address, {inner, outer}};
  return make(opaque);
}

std::vector<Address> addresses(const std::vector<Instruction>& code) {
  std::vector<Address> result;
  for (const auto& i : code) result.push_back(std::get<Opaque>(i.operation).at.address);
  return result;
}

}  // namespace

TEST_CASE("A nested loop adds its steps, innermost first, with modulo", "[isa]") {
  const auto out = expand({make(Loop{2}), make(Loop{3}), opaque_at(1000, {16, 2}, {100, 0}),
                           make(EndLoop{}), make(EndLoop{}), opaque_at(7, {})});
  REQUIRE(addresses(out) == std::vector<Address>{1000, 1016, 1000, 1100, 1116, 1100, 7});
}

TEST_CASE("Wait counts step with the loop", "[isa]") {
  auto body = opaque_at(0, {});
  body.waits.push_back({3, 1, {LoopStep{2, 0}}});
  const auto out = expand({make(Loop{3}), body, make(EndLoop{})});
  REQUIRE(out[2].waits[0].count == 5);
}

TEST_CASE("A loop of zero turns is skipped with all that it holds", "[isa]") {
  const auto out =
      expand({make(Loop{2}), make(Loop{0}), opaque_at(1, {}), make(EndLoop{}), opaque_at(2, {}),
              make(EndLoop{}), make(Loop{0}), opaque_at(3, {}), make(EndLoop{}), opaque_at(4, {})});
  REQUIRE(addresses(out) == std::vector<Address>{2, 2, 4});
}

TEST_CASE("Unbalanced and too deep loops are input errors", "[isa]") {
  REQUIRE_THROWS_AS(expand({make(EndLoop{})}), InputError);
  REQUIRE_THROWS_AS(expand({make(Loop{2})}), InputError);
  std::vector<Instruction> deep(5, make(Loop{2}));
  for (int i = 0; i < 5; ++i) deep.push_back(make(EndLoop{}));
  REQUIRE_THROWS_AS(expand(deep), InputError);
}

TEST_CASE("A loop that runs nothing ends at once, however many turns it claims", "[isa]") {
  const std::int64_t huge = std::int64_t{1} << 62;
  const auto out = expand({make(Loop{huge}), make(Loop{huge}), make(Loop{0}), opaque_at(1, {}),
                           make(EndLoop{}), make(EndLoop{}), make(EndLoop{}), opaque_at(2, {})});
  REQUIRE(addresses(out) == std::vector<Address>{2});
}

TEST_CASE("Steps that overflow wrap around instead of being undefined", "[isa]") {
  const std::int64_t far = std::numeric_limits<std::int64_t>::max();
  const auto out = expand({make(Loop{4}), opaque_at(5, {far, 0}), make(EndLoop{})});
  REQUIRE(addresses(out)[3] == 5 + 3 * static_cast<Address>(far));
}
