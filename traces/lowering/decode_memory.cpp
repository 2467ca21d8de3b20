// SPDX-License-Identifier: Apache-2.0
#include "traces/lowering/decode_memory.h"

namespace npulse::lowering {
namespace {

class Placement {
 public:
  explicit Placement(DecodePlan& plan)
      : plan_{plan},
        job_{plan.job},
        model_{plan.job.model},
        batch_{plan.job.options.batch},
        dram_{"memory of " + job_.target.name, job_.target.dram_bytes,
              job_.target.dram_access_bytes, kMostAlignment} {}

  void place(const std::string& where);

 private:
  void place_expert_tables(const Experts& experts);
  void place_cache();

  DecodePlan& plan_;
  const Job& job_;
  const Transformer& model_;
  std::int64_t batch_;
  SpaceAllocator dram_;
};

void Placement::place(const std::string& where) {
  const std::int64_t layers = job_.layers.size();
  for (std::size_t i = 0; i < plan_.linears.size(); ++i) {
    const bool is_head = static_cast<Matrix>(i) == Matrix::head;
    if (plan_.linears[i].shape().n > 0 && (!is_head || job_.has_head()))
      plan_.linears[i].place(dram_, job_.formats);
  }
  auto& memory = plan_.memory;
  const auto residuals = [&](std::int64_t n) { return job_.residual_bytes(n); };
  if (job_.embeds())
    memory.embedding = dram_.take("embeddings", residuals(model_.vocab * model_.hidden));
  memory.norms = dram_.take("norms", residuals((2 * layers + 1) * model_.hidden));
  if (model_.qkv_bias) memory.biases = dram_.take("biases", residuals(layers * model_.qkv_width()));
  if (model_.qk_norm) {
    memory.head_norms =
        dram_.take("norms of q and k", residuals(layers * model_.head_norm_parameters()));
  }
  if (job_.routed_before(layers) > 0) place_expert_tables(*model_.experts);
  memory.rotation = dram_.take("rotations", residuals(model_.rotary_dim()));
  memory.x = dram_.take("activations", residuals(batch_ * model_.hidden));
  if (job_.has_head()) memory.logits = dram_.take("logits", residuals(batch_ * model_.vocab));
  place_cache();
  dram_.check(where, "use narrower weights, a smaller batch or context, or fewer layers");
}

void Placement::place_expert_tables(const Experts& experts) {
  const std::int64_t routed = job_.routed_before(job_.layers.size());
  if (experts.score_bias) {
    plan_.memory.score_biases =
        dram_.take("biases of experts", job_.residual_bytes(routed * experts.count));
  }
  plan_.memory.picks = dram_.take(
      "picks of experts", isa::bytes_of(routed * batch_ * experts.per_token, isa::DataType::i32));
}

void Placement::place_cache() {
  if (const auto& latent = model_.latent) {
    plan_.memory.latent_norms = dram_.take(
        "norms of latent vectors", job_.residual_bytes(job_.layers.size() * latent->norm_width()));
  }
  plan_.cache = KvCache{dram_, cache_extent(job_, job_.options.context + 1)};
}

}  // namespace

void place_in_memory(DecodePlan& plan, const std::string& where) {
  Placement{plan}.place(where);
}

}  // namespace npulse::lowering
