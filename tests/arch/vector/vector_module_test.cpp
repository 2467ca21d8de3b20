// SPDX-License-Identifier: Apache-2.0
#include "arch/vector/vector_module.h"

#include <catch2/catch.hpp>

#include "tests/support/instructions.h"
#include "tests/support/memories.h"
#include "tests/support/unit_script.h"

using namespace npulse;

TEST_CASE("A vector module runs one instruction at a time and completes each when it is done",
          "[arch][vector][kernel]") {
  const ClockDomain clock{"core", Hertz{900'000'000}};
  test::IdealMemory memory;
  sim::Simulation simulation;
  auto& unit = simulation.make<arch::VectorModule>("vec", clock, arch::VectorParams{}, memory);
  const std::vector<isa::Instruction> program{test::opaque(10), test::opaque(1), test::opaque(25)};
  auto& script = simulation.make<test::UnitScript>("script", clock, unit, program);
  const Picoseconds end = simulation.run();

  REQUIRE(script.starts == std::vector<Cycles>{Cycles{0}, Cycles{10}, Cycles{11}});
  REQUIRE(script.completions.size() == program.size());
  REQUIRE(script.completions[0].at == Cycles{10});
  REQUIRE(script.completions[1].at == Cycles{11});
  REQUIRE(script.completions[2].at == Cycles{36});
  REQUIRE(end == clock.time_of(Cycles{36}));
  REQUIRE(script.readies == 3);
}
