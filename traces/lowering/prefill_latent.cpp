// SPDX-License-Identifier: Apache-2.0
#include "traces/lowering/prefill_latent.h"

#include "traces/lowering/prefill_blocks.h"

namespace npulse::lowering {
namespace {

using isa::Broadcast;
using isa::VecKind;

class PrefillLatent {
 public:
  PrefillLatent(const PrefillPlan& plan, PrefillLinear& linear, PrefillRings& rings,
                Emitter& emitter, std::int64_t layer)
      : plan_{plan},
        job_{plan.job},
        latent_{*job_.model.latent},
        formats_{job_.formats},
        memory_{plan.memory.latent},
        linear_{linear},
        rings_{rings},
        emitter_{emitter},
        layer_{layer} {}

  void run() {
    if (latent_.q_rank) project(Matrix::q_down);
    project(Matrix::kv_down);
    norm();
    for (const Matrix which : {Matrix::q_nope, Matrix::q_rope, Matrix::k_up, Matrix::v_up})
      project(which);
  }

 private:
  /// Some rows, loaded and made ready.
  struct Block {
    Range rows;
    Slot in, out;
  };

  void norm();
  void load(const Block& block);
  void compute(const Block& block, const Slot& weights, bool last);
  void store(const Block& block);
  void project(Matrix which) { run_latent_matrix(plan_, linear_, which, layer_); }

  std::int64_t q_rank() const { return latent_.q_rank.value_or(0); }
  std::int64_t kv_rank() const { return latent_.kv_rank; }
  std::int64_t rope_dim() const { return latent_.rope_dim; }
  bool cache_differs() const { return formats_.kv != formats_.activation; }
  /// Of a block's parts, by the widths before them.
  Address in(const Block& block, std::int64_t width) const {
    return advance(block.in.address, block.rows.size() * width, formats_.residual);
  }
  Address out(const Block& block, std::int64_t width) const {
    return advance(block.out.address, block.rows.size() * width, formats_.activation);
  }
  Address cached(const Block& block, std::int64_t width) const {
    return advance(out(block, latent_.norm_width()), block.rows.size() * width, formats_.kv);
  }
  Address cached_latents(const Block& block) const {
    return cache_differs() ? cached(block, 0) : out(block, q_rank());
  }
  void rmsnorm(Typed to, Address from, Address weights, const Block& block, std::int64_t width,
               const Events& waits, const Events& signals);

  const PrefillPlan& plan_;
  const Job& job_;
  const LatentAttention& latent_;
  const Formats& formats_;
  const LatentMemory& memory_;
  PrefillLinear& linear_;
  PrefillRings& rings_;
  Emitter& emitter_;
  std::int64_t layer_;
};

/// Rows are split over the cores, as those of other norms are.
void PrefillLatent::norm() {
  emitter_.region("attn.latent_norm");
  const Range mine = split(plan_.rows(), job_.cores, 1)[emitter_.core()];
  LatentRings rings = plan_.latent;
  std::optional<Slot> weights;
  for (std::int64_t i = 0; i < ceil_div(mine.size(), rings.block_rows); ++i) {
    if (!weights) {
      const Address from =
          advance(plan_.memory.latent_norms, layer_ * latent_.norm_width(), formats_.residual);
      weights = linear_.load_vector(rings_.vectors, from, latent_.norm_width());
    }
    const Block block{tile_of(mine, rings.block_rows, i), rings.in.next(), rings.out.next()};
    load(block);
    compute(block, *weights, block.rows.last == mine.last);
    store(block);
  }
  emitter_.end_round(plan_.stored);
}

void PrefillLatent::load(const Block& block) {
  const isa::DataType type = formats_.residual;
  const std::int64_t rows = block.rows.size(), width = kv_rank() + rope_dim();
  const auto put = [&](const isa::Dma& dma) {
    emitter_.put(Role::activation, dma, {block.in.free, plan_.stored}, {block.in.full});
  };
  if (latent_.q_rank) {
    const Address from = advance(memory_.q_down, block.rows.first * q_rank(), type);
    put(transfer(in_spm(in(block, 0)), in_dram(from), {rows * q_rank()}, type));
  }
  const auto part = [&](Address to, std::int64_t column, std::int64_t columns) {
    const Address from = advance(memory_.kv_down, block.rows.first * width + column, type);
    put(transfer(in_spm(to), in_dram(from), {rows, columns}, type, {}, {width, 1}));
  };
  part(in(block, q_rank()), 0, kv_rank());
  part(in(block, latent_.norm_width()), kv_rank(), rope_dim());
  const Address table = in(block, latent_.norm_width() + rope_dim());
  for (const isa::Dma& dma : rotation_transfers(plan_, block.rows, table)) put(dma);
}

void PrefillLatent::rmsnorm(Typed to, Address from, Address weights, const Block& block,
                            std::int64_t width, const Events& waits, const Events& signals) {
  isa::Vec vec =
      binary(VecKind::rmsnorm, to, {in_spm(from), formats_.residual},
             {in_spm(weights), formats_.residual}, block.rows.size(), width, Broadcast::row);
  vec.scalar = job_.model.norm_epsilon;
  emitter_.put(Role::vector, vec, waits, signals);
}

void PrefillLatent::compute(const Block& block, const Slot& weights, bool last) {
  const Events ready{block.in.full, block.out.free, weights.full};
  const Address latent_weights = advance(weights.address, q_rank(), formats_.residual);
  if (latent_.q_rank) {
    rmsnorm({in_spm(out(block, 0)), formats_.activation}, in(block, 0), weights.address, block,
            q_rank(), ready, {});
  }
  const Address latents = in(block, q_rank());
  rmsnorm({in_spm(out(block, q_rank())), formats_.activation}, latents, latent_weights, block,
          kv_rank(), ready, {});
  if (cache_differs()) {
    rmsnorm({in_spm(cached_latents(block)), formats_.kv}, latents, latent_weights, block, kv_rank(),
            {}, {});
  }
  const Typed keys{in_spm(in(block, latent_.norm_width())), formats_.residual};
  const Typed table{in_spm(in(block, latent_.norm_width() + rope_dim())), formats_.residual};
  Events signals{block.in.free, block.out.full};
  if (last) signals.push_back(weights.free);
  emitter_.put(Role::vector,
               binary(VecKind::rope, {in_spm(cached(block, kv_rank())), formats_.kv}, keys, table,
                      block.rows.size(), rope_dim()),
               {}, signals);
}

void PrefillLatent::store(const Block& block) {
  const auto put = [&](Address to, Address from, std::int64_t elements, isa::DataType type) {
    emitter_.put(Role::store, transfer(in_dram(to), in_spm(from), {elements}, type),
                 {block.out.full}, {block.out.free, plan_.stored});
  };
  const auto rows_to = [&](Address base, Address from, std::int64_t width) {
    const Address to = advance(base, block.rows.first * width, formats_.activation);
    put(to, from, block.rows.size() * width, formats_.activation);
  };
  if (latent_.q_rank) rows_to(memory_.q_normed, out(block, 0), q_rank());
  rows_to(memory_.latents, out(block, q_rank()), kv_rank());
  const auto part = [&](Address from, std::int64_t before, std::int64_t width) {
    return advance(from, before * width, formats_.kv);
  };
  for_each_sequence(block.rows, job_.options.context,
                    [&](std::int64_t sequence, Range tokens, std::int64_t before) {
                      put(plan_.cache.key(layer_, 0, sequence, tokens.first),
                          part(cached_latents(block), before, kv_rank()), tokens.size() * kv_rank(),
                          formats_.kv);
                      put(plan_.cache.value(layer_, 0, sequence, tokens.first),
                          part(cached(block, kv_rank()), before, rope_dim()),
                          tokens.size() * rope_dim(), formats_.kv);
                    });
}

/// Where expanded heads go.
PrefillLinear::Heads heads_of(const PrefillPlan& plan, Matrix which) {
  const LatentMemory& memory = plan.memory.latent;
  const Formats& formats = plan.job.formats;
  const bool compressed = plan.job.model.latent->q_rank.has_value();
  const RowSource queries{compressed ? memory.q_normed : plan.memory.normed, plan.rows()};
  const RowSource latents{memory.latents, plan.rows()};
  if (which == Matrix::q_nope) return {queries, plan.memory.queries, formats.activation, true};
  if (which == Matrix::q_rope) return {queries, memory.q_rope, formats.activation, true};
  return {latents, which == Matrix::k_up ? memory.keys : memory.values, formats.kv, false};
}

}  // namespace

void run_prefill_latent(const PrefillPlan& plan, PrefillLinear& linear, PrefillRings& rings,
                        Emitter& emitter, std::int64_t layer) {
  PrefillLatent{plan, linear, rings, emitter, layer}.run();
}

void run_latent_matrix(const PrefillPlan& plan, PrefillLinear& linear, Matrix which,
                       std::int64_t layer) {
  const LatentMemory& memory = plan.memory.latent;
  const bool compresses = which == Matrix::q_down || which == Matrix::kv_down;
  if (!compresses) return linear.heads(which, layer, heads_of(plan, which));
  const Address to = which == Matrix::q_down ? memory.q_down : memory.kv_down;
  linear.plain(which, layer, to, plan.job.formats.residual);
}

}  // namespace npulse::lowering
