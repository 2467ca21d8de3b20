// SPDX-License-Identifier: Apache-2.0
// The closed forms and the register-level models against hardware: the arrays of this folder.
#include "tests/rtl/rtl_array.h"

#include <catch2/catch.hpp>

#include "arch/pe/schedule.h"
#include "tests/support/array_checks.h"

using namespace npulse;
using namespace npulse::arch;

namespace {

constexpr int kProducts = 60;  // on each array

test::Product random_product(test::Random& random, const SystolicParams& p) {
  const std::int64_t m = random.between(1, 3 * std::max(p.rows, p.cols)),
                     n = random.between(1, 3 * p.cols), k = random.between(1, 3 * p.rows);
  return {test::random_matrix(random, m, k), test::random_matrix(random, k, n)};
}

Cycles closed_form(const SystolicParams& p, const test::Product& product) {
  const Schedule s = systolic_schedule(p, test::gemm_of(product));
  return s.load + s.finish;
}

}  // namespace

TEST_CASE("SystemVerilog, register-level model and closed form agree on every cycle and value",
          "[rtl][arch][pe]") {
  test::Random random{21};
  for (const auto& array : test::rtl_arrays()) {
    const SystolicParams& p = array->params();
    for (int i = 0; i < kProducts; ++i) {
      const test::Product product = random_product(random, p);
      const test::RtlRun hardware = array->run(product);
      const auto model = test::run_array(p, {product}).front();
      CAPTURE(to_string(p.dataflow), p.rows, p.cols, p.weight_buffers);
      CAPTURE(test::rows_of(product.a), test::cols_of(product.b), test::rows_of(product.b));
      REQUIRE(hardware.c == test::multiply(product.a, product.b));
      REQUIRE(hardware.c == model.c);
      REQUIRE(hardware.last_cycle == model.last_cycle);
      REQUIRE(Cycles{hardware.last_cycle} == closed_form(p, product));
    }
  }
}
