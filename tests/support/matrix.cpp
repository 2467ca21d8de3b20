// SPDX-License-Identifier: Apache-2.0
#include "tests/support/matrix.h"

namespace npulse::test {

Matrix zeros(std::int64_t rows, std::int64_t cols) {
  return Matrix(static_cast<std::size_t>(rows),
                std::vector<std::int64_t>(static_cast<std::size_t>(cols)));
}

Matrix random_matrix(Random& random, std::int64_t rows, std::int64_t cols) {
  Matrix matrix = zeros(rows, cols);
  for (auto& row : matrix) {
    for (auto& element : row) element = random.between(-128, 127);
  }
  return matrix;
}

Matrix transposed(const Matrix& matrix) {
  Matrix result = zeros(cols_of(matrix), rows_of(matrix));
  for (std::size_t i = 0; i < matrix.size(); ++i) {
    for (std::size_t j = 0; j < matrix[i].size(); ++j) result[j][i] = matrix[i][j];
  }
  return result;
}

Matrix multiply(const Matrix& a, const Matrix& b) {
  Matrix c = zeros(rows_of(a), cols_of(b));
  for (std::size_t i = 0; i < a.size(); ++i) {
    for (std::size_t k = 0; k < b.size(); ++k) {
      for (std::size_t j = 0; j < b[k].size(); ++j) c[i][j] += a[i][k] * b[k][j];
    }
  }
  return c;
}

std::int64_t at_or_zero(const Matrix& matrix, std::int64_t row, std::int64_t col) {
  const bool inside = row < rows_of(matrix) && col < cols_of(matrix);
  return inside ? matrix[static_cast<std::size_t>(row)][static_cast<std::size_t>(col)] : 0;
}

}  // namespace npulse::test
