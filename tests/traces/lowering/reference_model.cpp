// SPDX-License-Identifier: Apache-2.0
#include "tests/traces/lowering/reference_model.h"

#include <cmath>

namespace npulse::test {

std::vector<double> Matrix2::row(std::int64_t r) const {
  const auto from = values.begin() + static_cast<std::ptrdiff_t>(r * columns);
  return {from, from + static_cast<std::ptrdiff_t>(columns)};
}

Matrix2 random_matrix(std::mt19937_64& random, std::int64_t rows, std::int64_t columns) {
  Matrix2 m{rows, columns, std::vector<double>(static_cast<std::size_t>(rows * columns))};
  for (double& value : m.values) value = static_cast<double>(random() >> 11) * 0x1p-53 - 0.5;
  return m;
}

Matrix2 product(const Matrix2& a, const Matrix2& b) {
  Matrix2 c{a.rows, b.columns, std::vector<double>(static_cast<std::size_t>(a.rows * b.columns))};
  for (std::int64_t i = 0; i < a.rows; ++i) {
    for (std::int64_t p = 0; p < a.columns; ++p) {
      for (std::int64_t j = 0; j < b.columns; ++j) c.at(i, j) += a.at(i, p) * b.at(p, j);
    }
  }
  return c;
}

void add(Matrix2& to, const Matrix2& from) {
  for (std::size_t i = 0; i < to.values.size(); ++i) to.values[i] += from.values[i];
}

ReferenceModel::ReferenceModel(const lowering::Transformer& the_dims, std::uint64_t seed)
    : dims{the_dims} {
  std::mt19937_64 random{seed};
  const auto make = [&](std::int64_t rows, std::int64_t columns) {
    return random_matrix(random, rows, columns);
  };
  embedding = make(dims.vocab, dims.hidden);
  final_norm = make(1, dims.hidden);
  head = make(dims.hidden, dims.vocab);
  for (std::int64_t i = 0; i < dims.layers; ++i) {
    ReferenceLayer layer;
    layer.attention_norm = make(1, dims.hidden);
    layer.mlp_norm = make(1, dims.hidden);
    layer.qkv = make(dims.hidden, dims.qkv_width());
    layer.bias = make(1, dims.qkv_width());
    layer.out = make(dims.attention_width(), dims.hidden);
    layer.ffn = {make(dims.hidden, dims.ffn), make(dims.hidden, dims.ffn),
                 make(dims.ffn, dims.hidden)};
    layer.query_norm = make(1, dims.head_dim);
    layer.key_norm = make(1, dims.head_dim);
    if (dims.experts) make_experts(layer.mixture, random);
    if (dims.latent) make_latent(layer.latent, random);
    layers.push_back(std::move(layer));
  }
}

std::vector<double> ReferenceModel::rotation(std::int64_t position) const {
  const std::int64_t half = dims.rotary_dim() / 2;
  std::vector<double> row(static_cast<std::size_t>(dims.rotary_dim()));
  for (std::int64_t j = 0; j < half; ++j) {
    const double exponent = -static_cast<double>(j) / static_cast<double>(half);
    const double angle = static_cast<double>(position) * std::pow(dims.rope_theta, exponent);
    row[static_cast<std::size_t>(j)] = std::cos(angle);
    row[static_cast<std::size_t>(j + half)] = std::sin(angle);
  }
  return row;
}

void ReferenceModel::rotate(Matrix2& m, std::int64_t row, std::int64_t column,
                            std::int64_t position) const {
  const auto turn = rotation(position);
  const std::int64_t half = dims.rotary_dim() / 2;
  for (std::int64_t j = 0; j < half; ++j) {
    double& low = m.at(row, column + j);
    double& high = m.at(row, column + j + half);
    const double cosine = turn[static_cast<std::size_t>(j)];
    const double sine = turn[static_cast<std::size_t>(j + half)];
    const double turned = low * cosine - high * sine;
    high = high * cosine + low * sine;
    low = turned;
  }
}

Matrix2 ReferenceModel::norm(const Matrix2& x, const Matrix2& weight) const {
  Matrix2 out = x;
  for (std::int64_t r = 0; r < x.rows; ++r) {
    double squares = 0;
    for (const double value : x.row(r)) squares += value * value;
    const double root = std::sqrt(squares / static_cast<double>(x.columns) + dims.norm_epsilon);
    for (std::int64_t c = 0; c < x.columns; ++c) out.at(r, c) *= weight.at(0, c) / root;
  }
  return out;
}

void ReferenceModel::norm_heads(Matrix2& qkv, const ReferenceLayer& layer) const {
  const std::int64_t d = dims.head_dim;
  for (std::int64_t t = 0; t < qkv.rows; ++t) {
    for (std::int64_t h = 0; h < dims.heads + dims.kv_heads; ++h) {
      Matrix2 one{1, d, {}};
      for (std::int64_t j = 0; j < d; ++j) one.values.push_back(qkv.at(t, h * d + j));
      const Matrix2 out = norm(one, h < dims.heads ? layer.query_norm : layer.key_norm);
      for (std::int64_t j = 0; j < d; ++j) qkv.at(t, h * d + j) = out.at(0, j);
    }
  }
}

/// Appends the keys and values in `qkv` to the cache, then lets every token see those up to itself.
Matrix2 ReferenceModel::attend(const Matrix2& qkv, ReferenceCache& cache) const {
  const std::int64_t before = cache.keys.rows, d = dims.head_dim;
  Matrix2 turned = qkv;
  for (std::int64_t t = 0; t < qkv.rows; ++t) {
    for (std::int64_t h = 0; h < dims.heads + dims.kv_heads; ++h) {
      rotate(turned, t, h * d, before + t);
    }
    for (std::int64_t c = 0; c < dims.kv_width(); ++c) {
      cache.keys.values.push_back(turned.at(t, dims.q_width() + c));
      cache.values.values.push_back(turned.at(t, dims.q_width() + dims.kv_width() + c));
    }
    ++cache.keys.rows;
    ++cache.values.rows;
  }
  const Matrix2 zero = {qkv.rows, dims.q_width(),
                        std::vector<double>(static_cast<std::size_t>(qkv.rows * dims.q_width()))};
  Matrix2 out = zero;
  for (std::int64_t t = 0; t < qkv.rows; ++t) {
    for (std::int64_t h = 0; h < dims.heads; ++h) {
      const std::int64_t kv = h / dims.group() * d;
      double sum = 0;
      for (std::int64_t s = 0; s <= before + t; ++s) {
        double score = 0;
        for (std::int64_t j = 0; j < d; ++j) {
          score += turned.at(t, h * d + j) * cache.keys.at(s, kv + j);
        }
        const double weight = std::exp(score / std::sqrt(static_cast<double>(d)));
        sum += weight;
        for (std::int64_t j = 0; j < d; ++j) {
          out.at(t, h * d + j) += weight * cache.values.at(s, kv + j);
        }
      }
      for (std::int64_t j = 0; j < d; ++j) out.at(t, h * d + j) /= sum;
    }
  }
  return out;
}

std::vector<double> ReferenceModel::run(Matrix2 x, std::vector<ReferenceCache>& cache,
                                        std::int64_t row) const {
  for (std::size_t i = 0; i < layers.size(); ++i) {
    const ReferenceLayer& layer = layers[i];
    const Matrix2 normed = norm(x, layer.attention_norm);
    if (dims.latent) {
      add(x, product(attend_latent(normed, layer.latent, cache[i]), layer.out));
    } else {
      Matrix2 qkv = product(normed, layer.qkv);
      for (std::int64_t t = 0; dims.qkv_bias && t < qkv.rows; ++t) {
        for (std::int64_t c = 0; c < qkv.columns; ++c) qkv.at(t, c) += layer.bias.at(0, c);
      }
      if (dims.qk_norm) norm_heads(qkv, layer);
      add(x, product(attend(qkv, cache[i]), layer.out));
    }
    add(x, feed_forward(norm(x, layer.mlp_norm), i, row));
  }
  const Matrix2 logits = product(norm(x, final_norm), head);
  return logits.row(logits.rows - 1);
}

}  // namespace npulse::test
