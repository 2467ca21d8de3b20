// SPDX-License-Identifier: Apache-2.0
#include "traces/lowering/model.h"

#include <fmt/format.h>

#include <algorithm>

namespace npulse::lowering {
namespace {

/// Gate, up and down.
std::int64_t gated_ffn(std::int64_t hidden, std::int64_t ffn) {
  return 3 * hidden * ffn;
}

std::int64_t latent_attention(const Transformer& model, const LatentAttention& latent) {
  const std::int64_t query_width = model.heads * (latent.nope_dim + latent.rope_dim);
  const std::int64_t norms = latent.norm_width();
  const std::int64_t queries =
      latent.q_rank ? *latent.q_rank * (model.hidden + query_width) : model.hidden * query_width;
  const std::int64_t compressed = model.hidden * (latent.kv_rank + latent.rope_dim);
  const std::int64_t expanded = latent.kv_rank * model.heads * (latent.nope_dim + latent.value_dim);
  const std::int64_t output = model.heads * latent.value_dim * model.hidden;
  return norms + queries + compressed + expanded + output;
}

std::int64_t grouped_attention_matrices(const Transformer& model) {
  return model.hidden * (model.qkv_width() + model.q_width());
}

std::int64_t attention(const Transformer& model) {
  if (model.latent) return latent_attention(model, *model.latent);
  return grouped_attention_matrices(model) + (model.qkv_bias ? model.qkv_width() : 0) +
         model.head_norm_parameters();
}

/// Of a layer with experts, `visited` of which count.
std::int64_t mixture(const Transformer& model, const Experts& experts, std::int64_t visited) {
  const std::int64_t router = experts.count * (model.hidden + (experts.score_bias ? 1 : 0));
  return router + gated_ffn(model.hidden, experts.ffn * visited + experts.shared_ffn) +
         (experts.shared_gate ? model.hidden : 0);
}

std::int64_t all_layers(const Transformer& model, bool only_active) {
  const std::int64_t around = attention(model) + 2 * model.hidden;
  std::int64_t dense = model.layers, ffn = 0;
  if (model.experts) {
    const Experts& experts = *model.experts;
    const std::int64_t routed = experts.routed_layers();
    dense -= routed;
    ffn = routed * mixture(model, experts, only_active ? experts.per_token : experts.count);
  }
  return model.layers * around + dense * gated_ffn(model.hidden, model.ffn) + ffn;
}

std::int64_t around_layers(const Transformer& model) {
  return model.embedding_parameters() * (model.tied_embeddings ? 1 : 2) + model.hidden;
}

}  // namespace

std::int64_t Experts::routed_layers() const {
  return std::count(routed.begin(), routed.end(), true);
}

std::int64_t Transformer::linear_parameters_per_layer() const {
  return grouped_attention_matrices(*this) + gated_ffn(hidden, ffn);
}

std::int64_t Transformer::parameters() const {
  return around_layers(*this) + all_layers(*this, false);
}

std::int64_t Transformer::active_parameters() const {
  return around_layers(*this) + all_layers(*this, true);
}

std::int64_t Transformer::parameters_read() const {
  return active_parameters() - (tied_embeddings ? 0 : embedding_parameters());
}

std::int64_t Transformer::kv_elements_per_layer() const {
  return latent ? latent->kv_rank + latent->rope_dim : 2 * kv_width();
}

std::string name_of(const Model& model) {
  if (const auto* transformer = std::get_if<Transformer>(&model)) return transformer->name;
  const auto& gemm = std::get<Gemm>(model);
  return fmt::format("gemm:{},{},{}", gemm.m, gemm.n, gemm.k);
}

}  // namespace npulse::lowering
