// SPDX-License-Identifier: Apache-2.0
// What a decode step must move and compute, from dimensions and choices of experts.
#include <algorithm>

#include "traces/lowering/decode.h"

namespace npulse::lowering {
namespace {

/// Sums over the layers that are lowered.
struct Weights {
  Bytes stored{};  ///< Matrices that someone reads, each once.
  std::int64_t macs = 0;
  std::int64_t experts = 0;
};

bool of_an_expert(Matrix which) {
  return which == Matrix::expert_gate_up || which == Matrix::expert_down;
}

/// Of all experts only those visited count, with their visitors; of the rest everything.
Weights weights_of(const DecodePlan& plan) {
  const Job& job = plan.job;
  std::int64_t visited = 0, seats = 0;
  for (const Routing& routing : plan.routings) {
    visited += static_cast<std::int64_t>(routing.size());
    for (const Visit& visit : routing) seats += visit.count();
  }
  Weights sum;
  sum.experts = visited;
  for (std::size_t i = 0; i < plan.linears.size(); ++i) {
    const Linear& linear = plan.linears[i];
    const auto which = static_cast<Matrix>(i);
    if (which == Matrix::head && !job.has_head()) continue;
    const bool routed = of_an_expert(which);
    const std::int64_t copies = linear.shape().copies;
    sum.stored += linear.stored_bytes(job.formats) * (routed ? visited : copies);
    sum.macs += linear.shape().elements() * (routed ? seats : copies * job.options.batch);
  }
  return sum;
}

/// Products of queries with keys and of scores with values, of one token in the cache.
std::int64_t attention_macs(const Transformer& model) {
  if (const auto& latent = model.latent)
    return model.heads * (2 * latent->kv_rank + latent->rope_dim);
  return 2 * model.q_width();
}

}  // namespace

/// Matrices are read once by whoever holds them, KV once by each group of heads that has none of
/// its own; norms, embeddings, the rotation and what concerns experts by every core.
Plan DecodeLowering::plan() const {
  const Job& job = plan_.job;
  const Transformer& model = job.model;
  const std::int64_t layers = job.layers.size(), batch = job.options.batch;
  const Weights weights = weights_of(plan_);
  const auto attending = std::count_if(plan_.units.begin(), plan_.units.end(),
                                       [](const Range& units) { return units.size() > 0; });
  Bytes everywhere = job.residual_bytes((2 * layers + (job.has_head() ? 1 : 0)) * model.hidden);
  Bytes once = weights.stored + job.residual_bytes(model.qkv_bias ? layers * model.qkv_width() : 0);
  Bytes attending_read = job.residual_bytes(layers * model.head_norm_parameters());
  if (const auto& latent = model.latent) {
    everywhere += job.residual_bytes(layers * latent->q_rank.value_or(0));
    attending_read += job.residual_bytes(layers * latent->kv_rank);
  }
  Bytes picks{};
  if (const std::int64_t routed = job.routed_before(layers)) {
    const Experts& experts = *model.experts;
    picks = isa::bytes_of(routed * batch * experts.per_token, isa::DataType::i32);
    if (experts.score_bias) everywhere += job.residual_bytes(routed * experts.count);
  }
  const Bytes token_kv =
      isa::bytes_of(model.kv_elements_per_token() / model.layers, job.formats.kv) *
      (layers * batch);
  const std::int64_t readers = model.latent ? plan_.unit.per_sequence : 1;
  const Bytes inputs = job.residual_bytes(batch * model.hidden + model.rotary_dim());
  const Bytes output = job.residual_bytes(batch * (job.has_head() ? model.vocab : model.hidden));

  Plan plan;
  plan.weights = once + everywhere + attending_read;
  plan.kv = token_kv * (readers * job.options.context + 1);
  plan.dram_read = once + token_kv * (readers * job.options.context) +
                   (everywhere + inputs + picks) * job.cores + attending_read * attending;
  plan.dram_write = token_kv + output;
  plan.macs = weights.macs + batch * layers * attention_macs(model) * (job.options.context + 1);
  plan.experts_read = weights.experts;
  if (weights.experts > 0) plan.picks_block = batch;
  plan.tokens = plan.tokens_produced = batch;
  return plan;
}

}  // namespace npulse::lowering
