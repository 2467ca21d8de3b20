// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>
#include <random>

#include "tests/traces/lowering/executor.h"
#include "tests/traces/lowering/targets.h"

using namespace npulse;
using namespace npulse::lowering;

namespace {

std::int64_t meta(const isa::Program& program, const char* key) {
  return std::stoll(program.header().meta.at(key));
}

void require_sound(const Gemm& gemm, const Target& target, std::uint64_t seed,
                   Options options = {}) {
  isa::MemoryProgram program;
  lower(gemm, options, target, program);
  INFO(name_of(gemm));
  REQUIRE(test::findings_of(program, target) == std::vector<std::string>{});
  const auto out = test::execute(program, target, target.queue_depth, seed);
  REQUIRE(out.faults == std::vector<std::string>{});
  REQUIRE(out.macs == gemm.m * gemm.n * gemm.k);
  REQUIRE(out.dram_read == meta(program, "plan.dram_read_bytes"));
  REQUIRE(out.dram_written == meta(program, "plan.dram_write_bytes"));
}

}  // namespace

TEST_CASE("Random matrix products of all sizes run without fault and move what was planned",
          "[lowering]") {
  std::mt19937_64 random{7};
  const auto extent = [&](std::uint64_t most) {
    return static_cast<std::int64_t>(random() % most + 1);
  };
  for (int i = 0; i < 40; ++i) {
    Target target = i % 2 ? test::tiny_target() : test::large_target();
    if (i % 4 == 2) target.spm_bytes = Bytes{1 << (10 + random() % 8)};
    target.queue_depth = 2 + random() % 6;
    require_sound({extent(300), extent(300), extent(300)}, target, random());
  }
}

TEST_CASE("A product of single elements is one multiplication", "[lowering]") {
  require_sound({1, 1, 1}, test::tiny_target(), 1);
  require_sound({1, 1, 1}, test::large_target(), 1);
}
