// SPDX-License-Identifier: Apache-2.0
// The search of mappings takes what is fastest, within its budget, the same each time.
#include "traces/lowering/map_search.h"

#include <catch2/catch.hpp>
#include <set>

#include "isa/memory_program.h"
#include "tests/traces/lowering/bench.h"
#include "tests/traces/lowering/sparse_models.h"
#include "traces/lowering/matrices.h"

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

std::int64_t program_macs(const isa::Program& program) {
  std::int64_t macs = 0;
  for (std::uint32_t core = 0; core < program.header().cores; ++core) {
    const auto stream = program.open(core);
    for (isa::Instruction instruction; stream->next(instruction);) {
      if (const auto* mm = std::get_if<isa::Mm>(&instruction.operation))
        macs += mm->m * mm->n * mm->k;
    }
  }
  return macs;
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

TEST_CASE("A search of a prefill looks at its linear layers, each alone, and keeps what was asked",
          "[mapping]") {
  const Transformer model = test::small_model();
  const Target target = test::tiny_target();
  Options options;
  options.phase = Phase::prefill;
  options.context = 64;
  options.mapping = parse_mapping("layers: {mlp.down: {tile: {m: 8}}}", "map.yaml");
  std::int64_t macs = 0;
  const MapSearch search{
      32, [&](const isa::Program& program) {
        REQUIRE(test::findings_of(program, target) == std::vector<std::string>{});
        macs += program_macs(program);
        return instructions_of(program);
      }};
  options.mapping = search_mapping(model, options, target, search);
  CHECK(options.mapping->find("mlp.down")->tile.at(Loop::m).value == 8);
  const std::int64_t elements =
      model.hidden * (model.qkv_width() + model.attention_width()) + 3 * model.hidden * model.ffn;
  CHECK(macs == 8 * options.context * elements);  // eight candidates of each of four layers
  isa::MemoryProgram chosen;
  lower(model, options, target, chosen);
  CHECK(test::findings_of(chosen, target) == std::vector<std::string>{});
}

TEST_CASE("A search of latent attention looks at each of its matrices", "[mapping]") {
  const Transformer model = test::latent_model();
  const Target target = test::small_target(3, 8 << 10);
  Options options = test::options_of(Phase::prefill, 1, 40, WeightFormat::bf16);
  const auto shapes = matrix_shapes(make_job(model, options, target));
  std::set<std::string> seen;
  const MapSearch search{
      100, [&](const isa::Program& program) {
        REQUIRE(test::findings_of(program, target) == std::vector<std::string>{});
        seen.insert(program.name());
        for (const LinearShape& shape : shapes) {
          if (shape.region == program.name())
            CHECK(program_macs(program) == options.context * shape.elements());
        }
        return instructions_of(program);
      }};
  options.mapping = search_mapping(model, options, target, search);
  CHECK(seen == std::set<std::string>{"attn.q_down", "attn.kv_down", "attn.q_nope", "attn.q_rope",
                                      "attn.k_up", "attn.v_up", "attn.out", "mlp.gate_up",
                                      "mlp.down"});
  isa::MemoryProgram chosen;
  lower(model, options, target, chosen);
  CHECK(test::findings_of(chosen, target) == std::vector<std::string>{});
}
