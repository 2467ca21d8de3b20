// SPDX-License-Identifier: Apache-2.0
// The search of mappings takes what is fastest, within its budget, the same each time.
#include "traces/lowering/map_search.h"

#include <catch2/catch.hpp>
#include <set>

#include "isa/memory_program.h"
#include "tests/traces/lowering/targets.h"

using namespace npulse;
using namespace npulse::lowering;

namespace {

/// A chip whose time is the number of its instructions.
Cycles instructions_of(const isa::Program& program) {
  std::int64_t count = 0;
  for (std::uint32_t core = 0; core < program.header().cores; ++core) {
    const auto stream = program.open(core);
    for (isa::Instruction instruction; stream->next(instruction);) ++count;
  }
  return Cycles{count};
}

struct Counted {
  std::int64_t simulations = 0;
  std::vector<std::int64_t> cycles;

  MapSearch search(std::int64_t budget) {
    return {budget, [this](const isa::Program& program) {
              ++simulations;
              cycles.push_back(instructions_of(program).count());
              return Cycles{cycles.back()};
            }};
  }
};

}  // namespace

TEST_CASE("A search keeps to its budget and takes the fastest that it saw", "[mapping]") {
  const Gemm gemm{300, 200, 500};
  const Target target = test::tiny_target();
  for (const std::int64_t budget : {2, 9, 60}) {
    Counted counted;
    Options options;
    options.mapping = search_mapping(gemm, options, target, counted.search(budget));
    CHECK(counted.simulations == budget);
    isa::MemoryProgram chosen, own;
    lower(gemm, options, target, chosen);
    lower(gemm, {}, target, own);
    const auto fastest = std::min_element(counted.cycles.begin(), counted.cycles.end());
    CHECK(instructions_of(chosen).count() == *fastest);
    CHECK(counted.cycles.front() == instructions_of(own).count());
    CHECK(*fastest <= instructions_of(own).count());
  }
}

TEST_CASE("A search gives the same mapping each time, and keeps what it was asked", "[mapping]") {
  const Gemm gemm{300, 200, 500};
  const Target target = test::large_target();
  Options options;
  options.mapping = parse_mapping("layers: {gemm: {tile: {m: 24}, split: {n: 2}}}", "map.yaml");
  std::set<std::string> found;
  for (int i = 0; i < 2; ++i) {
    Counted counted;
    const Mapping mapping = search_mapping(gemm, options, target, counted.search(30));
    found.insert(to_yaml(mapping, "found"));
    CHECK(mapping.find("gemm")->tile.at(Loop::m).value == 24);
    CHECK(mapping.find("gemm")->split.at(Loop::n).value == 2);
  }
  CHECK(found.size() == 1);
}

TEST_CASE("The budget goes to layers with the most work first, and is spent on no lone candidate",
          "[mapping]") {
  std::vector<std::string> simulated;
  const auto trial = [](const char* layer, double weight, std::size_t candidates) {
    return MapTrial{layer, weight,
                    [candidates](std::size_t most) { return std::min(candidates, most); },
                    [](std::size_t, isa::ProgramSink&) {}};
  };
  std::vector<MapTrial> trials{trial("light", 1, 20), trial("heavy", 9, 20), trial("lone", 5, 1)};
  std::int64_t next = 100;
  MapSearch search{24, [&](const isa::Program& program) {
                     simulated.push_back(program.name());
                     return Cycles{--next};  // each faster than the one before
                   }};
  const auto best = run_trials(trials, search);
  CHECK(std::count(simulated.begin(), simulated.end(), "heavy") == 8);
  CHECK(std::count(simulated.begin(), simulated.end(), "lone") == 0);
  CHECK(std::count(simulated.begin(), simulated.end(), "light") == 16);
  CHECK(simulated.front() == "heavy");
  CHECK(best == std::vector<std::size_t>{15, 7, 0});
}
