// SPDX-License-Identifier: Apache-2.0
// A grid of dot products with the registers of its adder trees: the judge of its closed form.
#pragma once

#include "tests/support/array_model.h"

namespace npulse::test {

/// A block of m0 x n0 x k0 products enters every cycle and its sums move on one register a cycle;
/// after `latency` of them they are added to c. `last_cycle` is the first in which c can be read.
/// The grid's buffer stands before it: `traffic` stays empty.
ProductRun run_dot_products(const arch::DotProductParams& params, const Product& product);

}  // namespace npulse::test
