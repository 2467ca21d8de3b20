// SPDX-License-Identifier: Apache-2.0
// An array in which b stays (ws; with the operands exchanged: is), register by register.
#pragma once

#include "tests/support/array_model.h"

namespace npulse::test {

/// Rows of a enter at the left, skewed a cycle a row, and move right; partial sums move down; b
/// enters at the top, skewed a cycle a column, and stops in the row it is meant for. With one
/// register an element, a fold loads when the one before has left the array, as SCALE-Sim counts.
/// With two, the first operand of a fold makes each element it meets take the waiting weight; a
/// fold loads as soon as the corner's waiting weight is taken, and streams as soon as its weights
/// are there and the corner is free.
std::vector<ProductRun> run_stationary_array(const arch::SystolicParams& params,
                                             const std::vector<Product>& products);

}  // namespace npulse::test
