// SPDX-License-Identifier: Apache-2.0
// An array in which sums stay (os), register by register.
#pragma once

#include "tests/support/array_model.h"

namespace npulse::test {

/// Rows of a enter at the left, skewed a cycle a row, columns of b at the top, skewed a cycle a
/// column; each element adds its products. The last operands of a fold make it put its sum on the
/// result bus of its column, in that very cycle; two sums on one bus are an InternalError. A fold
/// begins when the one before has left the array, as SCALE-Sim counts.
std::vector<ProductRun> run_output_array(const arch::SystolicParams& params,
                                         const std::vector<Product>& products);

}  // namespace npulse::test
