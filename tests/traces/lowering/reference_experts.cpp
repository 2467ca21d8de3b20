// SPDX-License-Identifier: Apache-2.0
// The reference's feed-forward part: dense, or a mixture of experts token by token.
#include <cmath>

#include "tests/traces/lowering/reference_model.h"
#include "traces/lowering/routing.h"

namespace npulse::test {
namespace {

Matrix2 gated(const Matrix2& x, const ReferenceFfn& ffn) {
  Matrix2 gate = product(x, ffn.gate);
  const Matrix2 up = product(x, ffn.up);
  for (std::size_t i = 0; i < gate.values.size(); ++i) {
    gate.values[i] *= up.values[i] / (1 + std::exp(-gate.values[i]));
  }
  return product(gate, ffn.down);
}

/// The experts of row `row`, by rank.
std::vector<std::int64_t> picks_of(const lowering::Routing& routing, std::int64_t row,
                                   std::int64_t per_token) {
  std::vector<std::int64_t> picks(static_cast<std::size_t>(per_token));
  for (const lowering::Visit& visit : routing) {
    for (const lowering::Seat& seat : visit.seats) {
      if (seat.token == row) picks[static_cast<std::size_t>(seat.rank)] = visit.expert;
    }
  }
  return picks;
}

}  // namespace

void ReferenceModel::make_experts(ReferenceExperts& mixture, std::mt19937_64& random) const {
  const lowering::Experts& experts = *dims.experts;
  const auto ffn = [&](std::int64_t width) {
    return ReferenceFfn{random_matrix(random, dims.hidden, width),
                        random_matrix(random, dims.hidden, width),
                        random_matrix(random, width, dims.hidden)};
  };
  mixture.router = random_matrix(random, dims.hidden, experts.router_width());
  mixture.score_bias = random_matrix(random, 1, experts.count);
  for (std::int64_t i = 0; i < experts.count; ++i) mixture.experts.push_back(ffn(experts.ffn));
  mixture.shared = ffn(experts.shared_ffn);
}

/// As Hugging Face's classes: Mixtral and Qwen3 softmax over those picked, DeepSeek-V3 sigmoids
/// divided by their sum, Qwen2 softmax over all.
std::vector<double> ReferenceModel::expert_weights(const Matrix2& scores, std::int64_t token,
                                                   const std::vector<std::int64_t>& picks) const {
  const lowering::Experts& experts = *dims.experts;
  const auto value = [&](std::int64_t expert) {
    const double x = scores.at(token, expert);
    return experts.score == lowering::RouterScore::sigmoid ? 1 / (1 + std::exp(-x)) : std::exp(x);
  };
  std::vector<double> weights;
  double picked = 0, all = 0;
  for (const std::int64_t expert : picks) picked += value(expert);
  for (std::int64_t expert = 0; expert < experts.count; ++expert) all += value(expert);
  for (const std::int64_t expert : picks) {
    const bool share = experts.score == lowering::RouterScore::softmax;
    const double whole = experts.normalised ? picked : share ? all : 1;
    weights.push_back(value(expert) / whole * experts.scale);
  }
  return weights;
}

Matrix2 ReferenceModel::feed_forward(const Matrix2& normed, std::size_t layer,
                                     std::int64_t row) const {
  const ReferenceLayer& weights = layers[layer];
  if (!dims.experts || !dims.experts->routed[layer]) return gated(normed, weights.ffn);
  const ReferenceExperts& mixture = weights.mixture;
  const lowering::Routing routing =
      route(*dims.experts, choice, static_cast<std::int64_t>(layer), tokens);
  const Matrix2 scores = product(normed, mixture.router);
  Matrix2 out{normed.rows, normed.columns, std::vector<double>(normed.values.size())};
  for (std::int64_t t = 0; t < normed.rows; ++t) {
    const Matrix2 x{1, normed.columns, normed.row(t)};
    const auto picks = picks_of(routing, row + t, dims.experts->per_token);
    const auto shares = expert_weights(scores, t, picks);
    for (std::size_t i = 0; i < picks.size(); ++i) {
      const Matrix2 y = gated(x, mixture.experts[static_cast<std::size_t>(picks[i])]);
      for (std::int64_t c = 0; c < out.columns; ++c) out.at(t, c) += shares[i] * y.at(0, c);
    }
  }
  if (dims.experts->shared_ffn == 0) return out;
  Matrix2 shared = gated(normed, mixture.shared);
  if (dims.experts->shared_gate) {
    for (std::int64_t t = 0; t < shared.rows; ++t) {
      const double share = 1 / (1 + std::exp(-scores.at(t, dims.experts->count)));
      for (std::int64_t c = 0; c < shared.columns; ++c) shared.at(t, c) *= share;
    }
  }
  add(out, shared);
  return out;
}

}  // namespace npulse::test
