// SPDX-License-Identifier: Apache-2.0
#include "arch/pe/pe_module.h"

#include <catch2/catch.hpp>

#include "tests/support/instructions.h"
#include "tests/support/memories.h"
#include "tests/support/unit_script.h"

using namespace npulse;
using test::mm;

namespace {

const ClockDomain kClock{"core", Hertz{1'300'000'000}};

arch::PeParams double_buffered() {
  arch::PeParams p;
  p.systolic = {.rows = 8, .cols = 8, .weight_buffers = 2};
  p.read_bytes_per_cycle = p.write_bytes_per_cycle = 1 << 20;
  return p;
}

}  // namespace

TEST_CASE("The module starts and completes in the cycles that the plain array gives",
          "[arch][pe][kernel]") {
  const std::vector<isa::Instruction> program{mm(30, 8, 8), mm(3, 16, 16), mm(9, 9, 9),
                                              mm(1, 8, 8)};
  test::IdealMemory memory;
  arch::Array array{double_buffered(), memory};
  sim::Simulation simulation;
  auto& unit = simulation.make<arch::PeModule>("mx", kClock, double_buffered(), memory);
  auto& script = simulation.make<test::UnitScript>("script", kClock, unit, program);
  simulation.run();

  Cycles now{0};
  REQUIRE(script.starts.size() == program.size());
  REQUIRE(script.completions.size() == program.size());
  for (std::size_t i = 0; i < program.size(); ++i) {
    const auto expected = array.execute(now, program[i]);
    REQUIRE(script.starts[i] == now);
    REQUIRE(script.completions[i].ticket == i);
    REQUIRE(script.completions[i].at == expected.finish);
    REQUIRE(script.completions[i].outcome.activity == expected.outcome.activity);
    now = expected.accepts_next_at;
  }
  REQUIRE(unit.idle());
  REQUIRE(script.readies == static_cast<int>(program.size()));
}

TEST_CASE("An instruction that the array cannot execute ends the run with a typed error",
          "[arch][pe][kernel]") {
  isa::Instruction wrong = mm(8, 8, 8);
  std::get<isa::Mm>(wrong.operation).a_type = isa::DataType::fp32;
  test::IdealMemory memory;
  sim::Simulation simulation;
  auto& unit = simulation.make<arch::PeModule>("mx", kClock, double_buffered(), memory);
  simulation.make<test::UnitScript>("script", kClock, unit, std::vector<isa::Instruction>{wrong});
  REQUIRE_THROWS_AS(simulation.run(), InputError);
}
