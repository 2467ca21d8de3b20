// SPDX-License-Identifier: Apache-2.0
// The closed forms against arrays register by register: cycles, values, traffic and work.
#include <catch2/catch.hpp>

#include "arch/pe/array.h"
#include "tests/support/array_checks.h"
#include "tests/support/dot_product_model.h"
#include "tests/support/instructions.h"
#include "tests/support/memories.h"

using namespace npulse;
using namespace npulse::arch;
using test::Matrix;
using test::Product;
using test::text_of;

namespace {

SystolicParams random_shape(test::Random& random, Dataflow dataflow) {
  return {.rows = random.between(1, 17),
          .cols = random.between(1, 13),
          .dataflow = dataflow,
          .weight_buffers = random.between(1, 2)};
}

/// Up to three folds of `size`, ragged or not; often a single element or just one fold.
std::int64_t random_extent(test::Random& random, std::int64_t size) {
  switch (random.between(0, 5)) {
    case 0:
      return 1;
    case 1:
      return size * random.between(1, 3);
    default:
      return random.between(1, 3 * size);
  }
}

Product random_product(test::Random& random, const SystolicParams& p) {
  const std::int64_t side = std::max(p.rows, p.cols);
  const std::int64_t m = random_extent(random, side), n = random_extent(random, p.cols),
                     k = random_extent(random, p.rows);
  return {test::random_matrix(random, m, k), test::random_matrix(random, k, n)};
}

isa::Instruction instruction_of(const Product& product) {
  const Gemm g = test::gemm_of(product);
  isa::Instruction result = test::mm(g.m, g.n, g.k);
  std::get<isa::Mm>(result.operation).keep_weights = g.keep_weights;
  return result;
}

/// Five products; some use the weights of the one before.
std::vector<Product> random_sequence(test::Random& random, const SystolicParams& p) {
  std::vector<Product> all{random_product(random, p)};
  while (all.size() < 5) {
    if (random.coin()) {
      const Matrix b = all.back().b;
      const std::int64_t m = random.between(1, 40);
      all.push_back({test::random_matrix(random, m, test::rows_of(b)), b, true});
    } else {
      all.push_back(random_product(random, p));
    }
  }
  return all;
}

}  // namespace

TEST_CASE("A product takes the cycles, the traffic and the work of the array's registers",
          "[arch][pe]") {
  test::Random random{11};
  for (const Dataflow dataflow : {Dataflow::ws, Dataflow::os, Dataflow::is}) {
    for (int i = 0; i < 500; ++i) {
      const SystolicParams p = random_shape(random, dataflow);
      const Product product = random_product(random, p);
      const Gemm g = test::gemm_of(product);
      const Schedule s = systolic_schedule(p, g);
      const auto run = test::run_array(p, {product}).front();
      CAPTURE(to_string(dataflow), p.rows, p.cols, p.weight_buffers, g.m, g.n, g.k);
      REQUIRE(run.c == test::multiply(product.a, product.b));
      REQUIRE(s.load + s.finish == Cycles{run.last_cycle});
      REQUIRE(run.macs == g.macs());
      REQUIRE(text_of(run.traffic) == text_of(s.traffic));
    }
  }
}

TEST_CASE("Products behind one another overlap as the array's registers allow", "[arch][pe]") {
  test::Random random{12};
  for (int i = 0; i < 500; ++i) {
    const SystolicParams p = random_shape(random, static_cast<Dataflow>(random.between(0, 2)));
    const auto products = random_sequence(random, p);
    const auto runs = test::run_array(p, products);
    test::IdealMemory memory;
    Array array{test::wide_array(p), memory};
    Cycles now{0};
    for (std::size_t j = 0; j < products.size(); ++j) {
      const Execution execution = array.execute(now, instruction_of(products[j]));
      CAPTURE(i, j, to_string(p.dataflow), p.rows, p.cols, p.weight_buffers);
      REQUIRE(runs[j].c == test::multiply(products[j].a, products[j].b));
      REQUIRE(execution.finish == Cycles{runs[j].last_cycle});
      const Schedule schedule = systolic_schedule(p, test::gemm_of(products[j]));
      REQUIRE(text_of(runs[j].traffic) == text_of(schedule.traffic));
      now = execution.accepts_next_at;
    }
  }
}

TEST_CASE("A grid of dot products takes the cycles of its registers", "[arch][pe]") {
  test::Random random{13};
  for (int i = 0; i < 500; ++i) {
    const DotProductParams p{.m0 = random.between(1, 4),
                             .n0 = random.between(1, 8),
                             .k0 = random.between(1, 16),
                             .latency = Cycles{random.between(0, 9)}};
    const std::int64_t m = random_extent(random, p.m0), n = random_extent(random, p.n0),
                       k = random_extent(random, p.k0);
    const Product product{test::random_matrix(random, m, k), test::random_matrix(random, k, n)};
    const auto run = test::run_dot_products(p, product);
    const Gemm g = test::gemm_of(product);
    CAPTURE(p.m0, p.n0, p.k0, p.latency.count(), m, n, k);
    REQUIRE(run.c == test::multiply(product.a, product.b));
    REQUIRE(dot_product_schedule(p, g, 8, 8).finish == Cycles{run.last_cycle});
    REQUIRE(run.macs == g.macs());
  }
}
