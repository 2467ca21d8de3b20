// SPDX-License-Identifier: Apache-2.0
#include "traces/lowering/matrices.h"

namespace npulse::lowering {
namespace {

void add_feed_forward(std::vector<LinearShape>& shapes, const Job& job) {
  const Experts experts = job.model.experts.value_or(Experts{});
  const std::int64_t hidden = job.model.hidden;
  const std::int64_t routed = job.routed_before(job.layers.size());
  const std::int64_t shared = experts.shared_ffn > 0 ? routed : 0;
  const std::int64_t all = routed * experts.count;
  shapes.push_back({"moe.router", hidden, experts.router_width(), 1, 0, routed});
  shapes.push_back({"moe.gate_up", hidden, experts.ffn, 2, 0, all});
  shapes.push_back({"moe.down", experts.ffn, hidden, 1, 0, all});
  shapes.push_back({"moe.shared_gate_up", hidden, experts.shared_ffn, 2, 0, shared});
  shapes.push_back({"moe.shared_down", experts.shared_ffn, hidden, 1, 0, shared});
}

/// k_up of decode is the absorbed form, from a head's query to the space of the latent vectors;
/// that of prefill goes from a latent vector to a head's key.
void add_latent_attention(std::vector<LinearShape>& shapes, const Job& job) {
  const LatentAttention latent = job.model.latent.value_or(LatentAttention{});
  const std::int64_t hidden = job.model.hidden, heads = job.model.heads;
  const std::int64_t layers = job.model.latent ? job.layers.size() : 0;
  const std::int64_t query = latent.q_rank.value_or(hidden);
  const auto by_head = [&](const char* region, std::int64_t k, std::int64_t width) {
    shapes.push_back({region, k, heads * width, 1, width, layers});
  };
  shapes.push_back({"attn.q_down", hidden, query, 1, 0, latent.q_rank ? layers : 0});
  shapes.push_back({"attn.kv_down", hidden, latent.kv_rank + latent.rope_dim, 1, 0, layers});
  by_head("attn.q_nope", query, latent.nope_dim);
  by_head("attn.q_rope", query, latent.rope_dim);
  const bool absorbed = job.options.phase == Phase::decode;
  by_head("attn.k_up", absorbed ? latent.nope_dim : latent.kv_rank,
          absorbed ? latent.kv_rank : latent.nope_dim);
  by_head("attn.v_up", latent.kv_rank, latent.value_dim);
}

}  // namespace

std::vector<LinearShape> matrix_shapes(const Job& job) {
  const Transformer& model = job.model;
  const std::int64_t layers = job.layers.size();
  const std::int64_t dense = layers - job.routed_before(layers);
  std::vector<LinearShape> shapes{
      {"attn.qkv", model.hidden, model.qkv_width(), 1, 0, model.latent ? 0 : layers},
      {"attn.out", model.attention_width(), model.hidden, 1, 0, layers},
      {"mlp.gate_up", model.hidden, model.ffn, 2, 0, dense},
      {"mlp.down", model.ffn, model.hidden, 1, 0, dense},
      {"lm_head", model.hidden, model.vocab, 1}};
  add_feed_forward(shapes, job);
  add_latent_attention(shapes, job);
  for (LinearShape& shape : shapes) {
    if (shape.copies == 0) shape.n = 0;
  }
  return shapes;
}

}  // namespace npulse::lowering
