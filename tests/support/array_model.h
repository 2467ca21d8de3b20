// SPDX-License-Identifier: Apache-2.0
// Systolic arrays register by register, values and all: the judges of the closed forms in arch/pe.
#pragma once

#include "arch/pe/gemm.h"
#include "tests/support/matrix.h"

namespace npulse::test {

struct Product {
  Matrix a, b;
  bool keep_weights = false;  ///< b is that of the product before.
};

struct ProductRun {
  Matrix c;
  std::int64_t last_cycle = 0;  ///< In which the last product was added, counted from 0.
  std::int64_t macs = 0;        ///< Multiplications of two elements that exist.
  arch::Traffic traffic;        ///< Elements that crossed the edge; old values of c start as none.
};

/// Executes the products one after the other, each as early as the array can.
std::vector<ProductRun> run_array(const arch::SystolicParams& params,
                                  const std::vector<Product>& products);

}  // namespace npulse::test
