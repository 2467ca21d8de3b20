// SPDX-License-Identifier: Apache-2.0
// The product of two matrices of values, as functional runs are to compute it.
#pragma once

#include <vector>

#include "isa/functional/array.h"
#include "isa/functional/numbers.h"

namespace npulse::test {

/// How the terms of an element are added: without rounding, or to fp32 one by one (docs/isa.md).
enum class Sums : std::uint8_t { exact, fp32 };

/// a [m, k] x b [k, n], row by row, narrowed to the type of the result.
inline std::vector<double> product(const isa::functional::Array& a, const isa::functional::Array& b,
                                   isa::DataType result, Sums sums = Sums::exact) {
  const std::int64_t k = a.shape[1], n = b.shape[1];
  std::vector<double> c;
  for (std::int64_t i = 0; i < a.shape[0] * n; ++i) {
    double sum = 0;
    for (std::int64_t p = 0; p < k; ++p) {
      const double left = a.values[static_cast<std::size_t>(i / n * k + p)];
      const double right = b.values[static_cast<std::size_t>(p * n + i % n)];
      sum = sums == Sums::exact
                ? sum + left * right
                : static_cast<float>(sum) + static_cast<float>(left) * static_cast<float>(right);
    }
    c.push_back(isa::functional::rounded(result, sum));
  }
  return c;
}

}  // namespace npulse::test
