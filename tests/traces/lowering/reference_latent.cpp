// SPDX-License-Identifier: Apache-2.0
// The reference's latent attention, by its definition: keys and values of every head are computed
// from the latent vectors.
#include <cmath>

#include "tests/traces/lowering/reference_model.h"

namespace npulse::test {

void ReferenceModel::make_latent(ReferenceLatent& to, std::mt19937_64& random) const {
  const lowering::LatentAttention& latent = *dims.latent;
  const auto make = [&](std::int64_t rows, std::int64_t columns) {
    return random_matrix(random, rows, columns);
  };
  const std::int64_t query = latent.q_rank.value_or(dims.hidden);
  to.q_down = make(dims.hidden, query);
  to.q_norm = make(1, query);
  to.q_nope = make(query, dims.heads * latent.nope_dim);
  to.q_rope = make(query, dims.heads * latent.rope_dim);
  to.kv_down = make(dims.hidden, latent.kv_rank + latent.rope_dim);
  to.kv_norm = make(1, latent.kv_rank);
  to.k_up = make(latent.nope_dim, dims.heads * latent.kv_rank);
  to.v_up = make(latent.kv_rank, dims.heads * latent.value_dim);
}

Matrix2 ReferenceModel::attend_latent(const Matrix2& normed, const ReferenceLatent& weights,
                                      ReferenceCache& cache) const {
  const lowering::LatentAttention& latent = *dims.latent;
  const std::int64_t before = cache.keys.rows, rank = latent.kv_rank, rope = latent.rope_dim;
  const Matrix2 query =
      latent.q_rank ? norm(product(normed, weights.q_down), weights.q_norm) : normed;
  const Matrix2 unturned = product(query, weights.q_nope);
  Matrix2 turned = product(query, weights.q_rope), down = product(normed, weights.kv_down);
  for (std::int64_t t = 0; t < normed.rows; ++t) {
    for (std::int64_t h = 0; h < dims.heads; ++h) rotate(turned, t, h * rope, before + t);
    rotate(down, t, rank, before + t);
    Matrix2 vector{1, rank, {}};
    for (std::int64_t r = 0; r < rank; ++r) vector.values.push_back(down.at(t, r));
    const Matrix2 one = norm(vector, weights.kv_norm);
    cache.keys.values.insert(cache.keys.values.end(), one.values.begin(), one.values.end());
    for (std::int64_t r = 0; r < rope; ++r) cache.values.values.push_back(down.at(t, rank + r));
    ++cache.keys.rows;
    ++cache.values.rows;
  }
  const Matrix2 values = product(cache.keys, weights.v_up);
  const double scale = 1 / std::sqrt(static_cast<double>(latent.nope_dim + rope));
  Matrix2 out{normed.rows, dims.heads * latent.value_dim, {}};
  out.values.resize(static_cast<std::size_t>(out.rows * out.columns));
  for (std::int64_t h = 0; h < dims.heads; ++h) {
    Matrix2 to_key{rank, latent.nope_dim, {}};
    for (std::int64_t r = 0; r < rank; ++r) {
      for (std::int64_t j = 0; j < latent.nope_dim; ++j)
        to_key.values.push_back(weights.k_up.at(j, h * rank + r));
    }
    const Matrix2 keys = product(cache.keys, to_key);
    for (std::int64_t t = 0; t < normed.rows; ++t) {
      double sum = 0;
      for (std::int64_t s = 0; s <= before + t; ++s) {
        double score = 0;
        for (std::int64_t j = 0; j < latent.nope_dim; ++j)
          score += unturned.at(t, h * latent.nope_dim + j) * keys.at(s, j);
        for (std::int64_t j = 0; j < rope; ++j)
          score += turned.at(t, h * rope + j) * cache.values.at(s, j);
        const double weight = std::exp(scale * score);
        sum += weight;
        for (std::int64_t j = 0; j < latent.value_dim; ++j) {
          const std::int64_t column = h * latent.value_dim + j;
          out.at(t, column) += weight * values.at(s, column);
        }
      }
      for (std::int64_t j = 0; j < latent.value_dim; ++j)
        out.at(t, h * latent.value_dim + j) /= sum;
    }
  }
  return out;
}

}  // namespace npulse::test
