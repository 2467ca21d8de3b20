// SPDX-License-Identifier: Apache-2.0
// Lowered programs made wrong, one wait or address at a time: the values tell, and so does the
// checker.
#include <catch2/catch.hpp>

#include "isa/functional/run.h"
#include "isa/memory_program.h"
#include "isa/visit_operands.h"
#include "sim/core/error.h"
#include "tests/traces/lowering/targets.h"

using namespace npulse;
using namespace npulse::isa;
using namespace npulse::isa::functional;

namespace {

const lowering::Target kChip = [] {
  lowering::Target target = test::large_target();
  target.cores = 2;
  target.spm_bytes = Bytes{4 << 10};
  target.acc_bytes = Bytes{1 << 10};
  target.tile_n = target.tile_k = 8;
  return target;
}();

MemoryProgram lowered() {
  MemoryProgram program{"gemm"};
  lowering::Options options;
  options.weights = lowering::WeightFormat::bf16;
  lowering::lower(lowering::Gemm{30, 40, 50}, options, kChip, program);
  return program;
}

/// The program with one instruction of a core changed.
template <class Change>
MemoryProgram changed(const MemoryProgram& program, std::uint32_t core, std::size_t index,
                      Change change) {
  MemoryProgram out{"mutant"};
  out.begin(program.header());
  for (std::uint32_t c = 0; c < program.header().cores; ++c) {
    for (std::size_t i = 0; i < program.instructions(c).size(); ++i) {
      Instruction instruction = program.instructions(c)[i];
      if (c == core && i == index) change(instruction);
      out.put(c, instruction);
    }
  }
  return out;
}

/// True when some order gives another result than the right program, or none.
bool shows(const MemoryProgram& mutant, const RunResult& right) {
  RunOptions options;
  options.orders = Orders::all;
  try {
    const RunResult result = run(mutant, test::as_checked(kChip), options);
    return !result.differences.empty() ||
           result.outputs.at("c").array != right.outputs.at("c").array;
  } catch (const Error&) {
    return true;  // a deadlock, or an address outside
  }
}

bool has_errors(const MemoryProgram& mutant) {
  return !check(mutant, test::as_checked(kChip)).errors.empty();
}

}  // namespace

TEST_CASE("Of a right program all orders give the same result", "[functional][lowering]") {
  const MemoryProgram program = lowered();
  RunOptions options;
  options.orders = Orders::all;
  const RunResult result = run(program, test::as_checked(kChip), options);
  REQUIRE(result.orders == 1 + kChip.cores * kChip.queues.size());
  REQUIRE(result.differences.empty());
}

TEST_CASE("A wait left out shows in the values and to the checker, unless others imply it",
          "[functional][lowering]") {
  const MemoryProgram program = lowered();
  const RunResult right = run(program, test::as_checked(kChip), {});
  int mutants = 0, by_values = 0, by_checker = 0;
  for (std::size_t i = 0; i < program.instructions(0).size(); ++i) {
    for (std::size_t w = 0; w < program.instructions(0)[i].waits.size(); ++w) {
      const auto mutant = changed(program, 0, i, [&](Instruction& instruction) {
        instruction.waits.erase(instruction.waits.begin() + static_cast<std::ptrdiff_t>(w));
      });
      const bool in_values = shows(mutant, right), in_check = has_errors(mutant);
      CAPTURE(i, w);
      REQUIRE((in_check || !in_values));  // the checker misses nothing that the values tell
      ++mutants;
      by_values += in_values;
      by_checker += in_check;
    }
  }
  CAPTURE(mutants, by_values, by_checker);
  CHECK(by_values * 10 >= by_checker * 9);  // a tile loaded twice hides a race now and then
  CHECK(by_checker * 2 > mutants);
}

TEST_CASE("An address off by one element shows in the values", "[functional][lowering]") {
  const MemoryProgram program = lowered();
  const RunResult right = run(program, test::as_checked(kChip), {});
  for (std::size_t i = 0; i < program.instructions(0).size(); ++i) {
    std::size_t operands = 0;
    Operation operation = program.instructions(0)[i].operation;
    visit_operands(operation, [&](const Operand&) { ++operands; });
    for (std::size_t o = 0; o < operands; ++o) {
      const auto mutant = changed(program, 0, i, [&](Instruction& instruction) {
        std::size_t at = 0;
        visit_operands(instruction.operation, [&](Operand& operand) {
          if (at++ == o) operand.address += operand.space == Space::acc ? 4 : 2;
        });
      });
      CAPTURE(i, o);
      REQUIRE(shows(mutant, right));
    }
  }
}
