// SPDX-License-Identifier: Apache-2.0
// A transformer computed straight from its definition, in doubles, with random weights.
#pragma once

#include <random>
#include <vector>

#include "traces/lowering/model.h"

namespace npulse::test {

/// [rows, columns], row-major.
struct Matrix2 {
  std::int64_t rows = 0, columns = 0;
  std::vector<double> values;

  double& at(std::int64_t r, std::int64_t c) {
    return values[static_cast<std::size_t>(r * columns + c)];
  }
  double at(std::int64_t r, std::int64_t c) const {
    return values[static_cast<std::size_t>(r * columns + c)];
  }
  std::vector<double> row(std::int64_t r) const;
};

Matrix2 random_matrix(std::mt19937_64& random, std::int64_t rows, std::int64_t columns);
Matrix2 product(const Matrix2& a, const Matrix2& b);

struct ReferenceLayer {
  Matrix2 attention_norm, mlp_norm;  ///< [1, hidden].
  Matrix2 qkv, bias, out, gate, up, down;
  Matrix2 query_norm, key_norm;  ///< [1, head_dim].
};

/// Rotated keys, and values, of one sequence in one layer: [tokens, kv_width].
struct ReferenceCache {
  Matrix2 keys, values;
};

class ReferenceModel {
 public:
  ReferenceModel(const lowering::Transformer& dims, std::uint64_t seed);

  /// Row of the rotation table: cosines, then sines.
  std::vector<double> rotation(std::int64_t position) const;
  /// Runs `x` [tokens, hidden] at positions after those in `cache` (by layer), which grow. Returns
  /// the logits of the last token.
  std::vector<double> run(Matrix2 x, std::vector<ReferenceCache>& cache) const;

  lowering::Transformer dims;
  Matrix2 embedding, final_norm, head;
  std::vector<ReferenceLayer> layers;

 private:
  Matrix2 norm(const Matrix2& x, const Matrix2& weight) const;
  void norm_heads(Matrix2& qkv, const ReferenceLayer& layer) const;
  Matrix2 attend(const Matrix2& qkv, ReferenceCache& cache) const;
  void rotate(Matrix2& m, std::int64_t row, std::int64_t column, std::int64_t position) const;
};

}  // namespace npulse::test
