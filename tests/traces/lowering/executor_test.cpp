// SPDX-License-Identifier: Apache-2.0
// The executor that the other tests trust must notice broken programs.
#include "tests/traces/lowering/executor.h"

#include <catch2/catch.hpp>

#include "tests/traces/lowering/targets.h"

using namespace npulse;
using namespace npulse::lowering;

namespace {

isa::MemoryProgram lowered(Phase phase) {
  Options options;
  options.phase = phase;
  options.batch = 2;
  options.context = 24;
  isa::MemoryProgram program;
  Target target = test::large_target();
  target.cores = 2;
  lower(test::small_model(), options, target, program);
  return program;
}

/// The program with `change` made to instruction `index` of core 0.
template <class F>
bool is_found_broken(const isa::MemoryProgram& program, std::size_t index, F change) {
  isa::MemoryProgram changed;
  changed.begin(program.header());
  for (std::uint32_t core = 0; core < program.header().cores; ++core) {
    for (std::size_t i = 0; i < program.instructions(core).size(); ++i) {
      isa::Instruction instruction = program.instructions(core)[i];
      if (core == 0 && i == index) change(instruction);
      changed.put(core, instruction);
    }
  }
  Target target = test::large_target();
  target.cores = 2;
  return !test::execute(changed, target, 64, 3).faults.empty();
}

template <class Has, class F>
double share_found(Phase phase, Has has, F change) {
  const isa::MemoryProgram program = lowered(phase);
  int tried = 0, found = 0;
  for (std::size_t i = 0; i < program.instructions(0).size(); i += 2) {
    if (!has(program.instructions(0)[i])) continue;
    ++tried;
    found += is_found_broken(program, i, change);
  }
  REQUIRE(tried > 20);
  return static_cast<double>(found) / tried;
}

}  // namespace

TEST_CASE("The executor finds most programs that lack a wait, and all that lack a signal",
          "[lowering]") {
  const auto waits = [](const isa::Instruction& i) { return !i.waits.empty(); };
  const auto signals = [](const isa::Instruction& i) { return !i.signals.empty(); };
  const auto drop_waits = [](isa::Instruction& i) { i.waits.clear(); };
  const auto drop_signals = [](isa::Instruction& i) { i.signals.clear(); };
  for (const Phase phase : {Phase::decode, Phase::prefill}) {
    // A wait may be implied by others: not every lost one matters.
    CHECK(share_found(phase, waits, drop_waits) > 0.5);
    CHECK(share_found(phase, signals, drop_signals) > 0.9);
  }
}
