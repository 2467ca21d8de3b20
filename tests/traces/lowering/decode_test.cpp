// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>

#include "executor.h"
#include "targets.h"

using namespace npulse;
using namespace npulse::lowering;

namespace {

test::Executed run(const Transformer& model, const Options& options, const Target& target) {
  isa::MemoryProgram program;
  lower(model, options, target, program);
  return test::execute(program, target, target.queue_depth, 1);
}

}  // namespace

TEST_CASE("A decode step on one core runs without fault", "[lowering]") {
  Options options;
  options.context = 20;
  const auto out = run(test::small_model(), options, test::tiny_target());
  CHECK(out.faults == std::vector<std::string>{});
}

TEST_CASE("A decode step on eight cores runs without fault", "[lowering]") {
  Options options;
  options.context = 20;
  options.batch = 3;
  options.weights = WeightFormat::fp8;
  const auto out = run(test::small_model(), options, test::large_target());
  CHECK(out.faults == std::vector<std::string>{});
}
