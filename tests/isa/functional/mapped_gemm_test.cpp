// SPDX-License-Identifier: Apache-2.0
// Matrix products in tiles that a user asked for are the product, to the last integer.
#include <fmt/format.h>

#include <algorithm>
#include <catch2/catch.hpp>

#include "isa/functional/numbers.h"
#include "isa/functional/run.h"
#include "isa/memory_program.h"
#include "tests/support/array_product.h"
#include "tests/support/random.h"
#include "tests/traces/lowering/targets.h"

using namespace npulse;
using namespace npulse::isa::functional;

namespace {

Array random_array(test::Random& random, std::int64_t rows, std::int64_t columns) {
  Array array{{rows, columns}, {}};
  for (std::int64_t i = 0; i < rows * columns; ++i)
    array.values.push_back(static_cast<double>(random.between(-8, 7)));
  return array;
}

/// Any legal choice of everything; memories have room for all of it.
std::string random_mapping(test::Random& random, const lowering::Gemm& gemm,
                           const lowering::Target& target) {
  const std::int64_t rows = random.between(1, target.cores);
  return fmt::format(
      "layers:\n  gemm:\n    tile: {{m: {}, n: {}, k: {}}}\n    split: {{m: {}, n: {}}}\n"
      "    order: {}\n    keep_operands: {}\n    pack_weights: {}\n",
      random.between(1, gemm.m), random.between(1, gemm.n), random.between(1, gemm.k), rows,
      random.between(1, target.cores / rows), random.coin() ? "[m, n, k]" : "[n, m, k]",
      random.coin(), random.coin());
}

}  // namespace

TEST_CASE("A product in tiles as asked is the product, in every order left open",
          "[functional][mapping]") {
  test::Random random{41};
  for (int i = 0; i < 120; ++i) {
    const lowering::Gemm gemm{random.between(1, 40), random.between(1, 40), random.between(1, 60)};
    lowering::Target target = i % 2 ? test::tiny_target() : test::large_target();
    target.cores = static_cast<std::uint32_t>(random.between(1, 6));
    target.queue_depth = static_cast<std::size_t>(random.between(2, 9));
    lowering::Options options;
    options.weights = lowering::WeightFormat::int8;
    const std::string mapping = random_mapping(random, gemm, target);
    options.mapping = lowering::parse_mapping(mapping, "map.yaml");
    isa::MemoryProgram program{lowering::name_of(gemm)};
    lowering::lower(gemm, options, target, program);
    CAPTURE(i, lowering::name_of(gemm), mapping);
    REQUIRE(test::findings_of(program, target) == std::vector<std::string>{});
    const Array a = random_array(random, gemm.m, gemm.k), b = random_array(random, gemm.k, gemm.n);
    RunOptions run_options;
    run_options.inputs = {{"a", a}, {"b", b}};
    run_options.orders = Orders::all;
    const RunResult out = run(program, test::as_checked(target), run_options);
    REQUIRE(out.differences.empty());
    const auto& tensors = program.header().tensors;
    const auto c = std::find_if(tensors.begin(), tensors.end(),
                                [](const isa::TensorDecl& tensor) { return tensor.name == "c"; });
    REQUIRE(out.outputs.at("c").array.values == test::product(a, b, c->type));
  }
}
