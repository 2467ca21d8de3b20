// SPDX-License-Identifier: Apache-2.0
// A transformer computed straight from its definition, in doubles, with random weights.
#pragma once

#include <random>
#include <vector>

#include "traces/lowering/expert_choice.h"
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
void add(Matrix2& to, const Matrix2& from);

/// Gate and up [hidden, width], down [width, hidden].
struct ReferenceFfn {
  Matrix2 gate, up, down;
};

struct ReferenceExperts {
  Matrix2 router, score_bias;  ///< [hidden, experts and the shared ones' gate], [1, experts].
  std::vector<ReferenceFfn> experts;
  ReferenceFfn shared;
};

/// k_up is [nope_dim, heads * kv_rank]: a head's key is its part times the latent vector.
struct ReferenceLatent {
  Matrix2 q_down, q_norm, q_nope, q_rope, kv_down, kv_norm, k_up, v_up;
};

struct ReferenceLayer {
  Matrix2 attention_norm, mlp_norm;  ///< [1, hidden].
  Matrix2 qkv, bias, out;
  ReferenceFfn ffn;
  Matrix2 query_norm, key_norm;  ///< [1, head_dim].
  ReferenceExperts mixture;      ///< If the model has experts.
  ReferenceLatent latent;        ///< If the model has latent attention.
};

/// Rotated keys, and values, of one sequence in one layer: [tokens, kv_width]. Of latent attention
/// the latent vectors and the rotated keys: [tokens, kv_rank], [tokens, rope_dim].
struct ReferenceCache {
  Matrix2 keys, values;
};

class ReferenceModel {
 public:
  ReferenceModel(const lowering::Transformer& dims, std::uint64_t seed);

  /// Row of the rotation table: cosines, then sines.
  std::vector<double> rotation(std::int64_t position) const;
  /// Runs `x` [tokens, hidden] at positions after those in `cache` (by layer), which grow. Returns
  /// the logits of the last token. The first row is row `row` of the batch.
  std::vector<double> run(Matrix2 x, std::vector<ReferenceCache>& cache, std::int64_t row) const;

  lowering::Transformer dims;
  lowering::ExpertChoice choice;
  std::int64_t tokens = 1;  ///< That choose together.
  Matrix2 embedding, final_norm, head;
  std::vector<ReferenceLayer> layers;

 private:
  Matrix2 norm(const Matrix2& x, const Matrix2& weight) const;
  void norm_heads(Matrix2& qkv, const ReferenceLayer& layer) const;
  Matrix2 attend(const Matrix2& qkv, ReferenceCache& cache) const;
  void rotate(Matrix2& m, std::int64_t row, std::int64_t column, std::int64_t position) const;
  Matrix2 feed_forward(const Matrix2& normed, std::size_t layer, std::int64_t row) const;
  std::vector<double> expert_weights(const Matrix2& scores, std::int64_t token,
                                     const std::vector<std::int64_t>& picks) const;
  Matrix2 attend_latent(const Matrix2& normed, const ReferenceLatent& weights,
                        ReferenceCache& cache) const;
  void make_latent(ReferenceLatent& latent, std::mt19937_64& random) const;
  void make_experts(ReferenceExperts& mixture, std::mt19937_64& random) const;
};

}  // namespace npulse::test
