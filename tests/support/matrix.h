// SPDX-License-Identifier: Apache-2.0
// Small matrices of integers, and their product as the definition has it.
#pragma once

#include <cstdint>
#include <vector>

#include "tests/support/random.h"

namespace npulse::test {

/// Row by row; neither dimension is empty.
using Matrix = std::vector<std::vector<std::int64_t>>;

inline std::int64_t rows_of(const Matrix& matrix) {
  return static_cast<std::int64_t>(matrix.size());
}
inline std::int64_t cols_of(const Matrix& matrix) {
  return static_cast<std::int64_t>(matrix[0].size());
}

Matrix zeros(std::int64_t rows, std::int64_t cols);
/// Elements are int8.
Matrix random_matrix(Random& random, std::int64_t rows, std::int64_t cols);
Matrix transposed(const Matrix& matrix);
Matrix multiply(const Matrix& a, const Matrix& b);

/// 0 outside.
std::int64_t at_or_zero(const Matrix& matrix, std::int64_t row, std::int64_t col);

}  // namespace npulse::test
