// SPDX-License-Identifier: Apache-2.0
// What a prefill must move and compute, counted by phases.
#include <algorithm>

#include "traces/lowering/attention_cost.h"
#include "traces/lowering/prefill.h"

namespace npulse::lowering {
namespace {

std::int64_t cores_with_columns(const Linear& linear, std::uint32_t cores) {
  std::int64_t count = 0;
  for (std::uint32_t core = 0; core < cores; ++core) count += linear.tiles(core) > 0;
  return count;
}

VisibleScores visible(const PrefillPlan& plan) {
  return visible_scores(plan.attention().shape, plan.query_rows());
}

std::int64_t cores_that_rotate(const Linear& qkv, const Job& job) {
  std::int64_t cores = 0;
  for (std::uint32_t core = 0; core < job.cores; ++core)
    cores += rotates(qkv.columns(core), job.model) ? 1 : 0;
  return cores;
}

/// Keys and values of every head, which latent attention makes in each layer.
Bytes expanded_once(const PrefillPlan& plan, const LatentAttention& latent) {
  const std::int64_t width = latent.nope_dim + latent.value_dim;
  return isa::bytes_of(plan.rows() * plan.job.model.heads * width, plan.job.formats.kv);
}

struct Moved {
  Bytes once{};  ///< Weights, each once.
  Bytes read{}, written{};
  std::int64_t macs = 0, experts = 0;

  Moved& operator+=(const Moved& other) {
    once += other.once;
    read += other.read;
    written += other.written;
    macs += other.macs;
    experts += other.experts;
    return *this;
  }
};

/// One copy of a matrix with `rows` rows: weights once a panel, rows once a core that has columns.
Moved product(const PrefillPlan& plan, Matrix which, std::int64_t rows) {
  const Linear& linear = plan.matrix(which);
  const Formats& formats = plan.job.formats;
  const Bytes stored = linear.stored_bytes(formats);
  Moved moved;
  moved.once = stored;
  moved.read = stored * plan.tiling(which).panels(rows) +
               isa::bytes_of(rows * linear.shape().k, formats.activation) *
                   cores_with_columns(linear, plan.job.cores);
  moved.macs = rows * linear.shape().elements();
  return moved;
}

/// Queries, keys and values of grouped heads, from normed rows on.
Moved grouped_projections(const PrefillPlan& plan) {
  const Job& job = plan.job;
  const Transformer& model = job.model;
  const std::int64_t rows = plan.rows();
  const Linear& qkv = plan.matrix(Matrix::qkv);
  const Bytes biases = job.residual_bytes(model.qkv_bias ? model.qkv_width() : 0);
  const Bytes head_norms = job.residual_bytes(model.head_norm_parameters());

  Moved moved = product(plan, Matrix::qkv, rows);
  moved.once += biases + head_norms;
  moved.read += biases + head_norms * cores_that_rotate(qkv, job);
  moved.read += job.residual_bytes(rows * model.rotary_dim()) * cores_with_columns(qkv, job.cores);
  moved.written = isa::bytes_of(rows * model.q_width(), job.formats.activation) +
                  isa::bytes_of(rows * 2 * model.kv_width(), job.formats.kv);
  return moved;
}

/// The same of latent attention; what is compressed goes through memory to be normed.
Moved latent_projections(const PrefillPlan& plan, const LatentAttention& latent) {
  const Job& job = plan.job;
  const Transformer& model = job.model;
  const std::int64_t rows = plan.rows(), kept = model.kv_elements_per_layer();
  const Linear& turned = plan.matrix(Matrix::q_rope);
  const Bytes norms = job.residual_bytes(latent.norm_width());
  const Bytes compressed = job.residual_bytes(rows * (latent.q_rank.value_or(0) + kept));

  Moved moved;
  for (const Matrix which : {Matrix::q_down, Matrix::kv_down, Matrix::q_nope, Matrix::q_rope,
                             Matrix::k_up, Matrix::v_up}) {
    moved += product(plan, which, rows);
  }
  moved.once += norms;
  moved.read += compressed + norms * std::min<std::int64_t>(rows, job.cores);
  moved.read +=
      job.residual_bytes(rows * latent.rope_dim) * (1 + cores_with_columns(turned, job.cores));
  moved.written =
      compressed +
      isa::bytes_of(rows * (latent.norm_width() + model.q_width()), job.formats.activation) +
      isa::bytes_of(rows * kept, job.formats.kv) + expanded_once(plan, latent);
  return moved;
}

/// Attention with its norm, and the norm of the feed-forward part.
Moved attention(const PrefillPlan& plan) {
  const Job& job = plan.job;
  const Transformer& model = job.model;
  const std::int64_t rows = plan.rows(), batch = job.options.batch;
  const VisibleScores seen = visible(plan);
  const Bytes norm = job.residual_bytes(model.hidden);
  const Bytes x = job.residual_bytes(rows * model.hidden);
  const auto activations = [&](std::int64_t width) {
    return isa::bytes_of(rows * width, job.formats.activation);
  };

  Moved moved = model.latent ? latent_projections(plan, *model.latent) : grouped_projections(plan);
  moved += product(plan, Matrix::out, rows);
  moved.once += norm * 2;
  moved.read += norm * (2 * std::min<std::int64_t>(rows, job.cores)) + x * 3;
  moved.read += activations(model.q_width());
  moved.read += isa::bytes_of(
      seen.tokens * batch * model.kv_heads * (model.head_dim + model.value_dim()), job.formats.kv);
  moved.written += activations(2 * model.hidden + model.attention_width()) + x;
  if (plan.unfused) {
    const Bytes through = score_traffic(plan.attention(), plan.unfused->tiling);
    moved.read += through;
    moved.written += through;
  }
  moved.macs += products_of(plan.attention().shape, plan.query_rows());
  return moved;
}

Moved dense_feed_forward(const PrefillPlan& plan) {
  const Job& job = plan.job;
  const std::int64_t rows = plan.rows();
  const Bytes x = job.residual_bytes(rows * job.model.hidden);
  Moved moved = product(plan, Matrix::gate_up, rows);
  moved += product(plan, Matrix::down, rows);
  moved.read += x;
  moved.written = isa::bytes_of(rows * job.model.ffn, job.formats.activation) + x;
  return moved;
}

/// Every seat's gated activations and output go through memory once.
Moved mixture(const PrefillPlan& plan, const Routing& routing) {
  const Job& job = plan.job;
  const Experts& experts = *job.model.experts;
  const std::int64_t rows = plan.rows(), seats = rows * experts.per_token;
  Moved moved = product(plan, Matrix::router, rows);
  for (const Visit& visit : routing) {
    moved += product(plan, Matrix::expert_gate_up, visit.count());
    moved += product(plan, Matrix::expert_down, visit.count());
  }
  if (experts.shared_ffn > 0) {
    moved += product(plan, Matrix::shared_gate_up, rows);
    moved += product(plan, Matrix::shared_down, rows);
  }
  const Bytes gated =
      isa::bytes_of(seats * experts.ffn + rows * experts.shared_ffn, job.formats.activation);
  const Bytes scores = isa::bytes_of(rows * experts.router_width(), job.formats.state);
  const std::int64_t ranks = experts.per_token + (experts.shared_ffn > 0 ? 1 : 0);
  const Bytes x = job.residual_bytes(rows * job.model.hidden);
  const Bytes biases = job.residual_bytes(experts.score_bias ? experts.count : 0);
  const std::int64_t blocks = ceil_div(rows, plan.combine.block_rows);
  moved.once += biases;
  moved.read += scores + isa::bytes_of(seats, isa::DataType::i32) + x * (ranks + 1);
  moved.read += biases * std::min<std::int64_t>(blocks, job.cores);
  moved.written = gated + scores + x * (ranks + 1);
  moved.experts = static_cast<std::int64_t>(routing.size());
  return moved;
}

Moved head(const PrefillPlan& plan) {
  const Job& job = plan.job;
  const std::int64_t batch = job.options.batch, hidden = job.model.hidden;
  const Bytes norm = job.residual_bytes(hidden);
  Moved moved;
  moved.once = plan.matrix(Matrix::head).stored_bytes(job.formats);
  moved.read = moved.once + (norm + job.residual_bytes(batch * hidden)) * job.cores;
  moved.once += norm;
  moved.written = job.residual_bytes(batch * job.model.vocab);
  moved.macs = batch * hidden * job.model.vocab;
  return moved;
}

/// Elements of the cache that attention reads for a token that a block of rows sees: of latent
/// attention the rotated keys, by every head.
std::int64_t cache_width(const Transformer& model) {
  return model.latent ? model.heads * model.latent->rope_dim : 2 * model.kv_width();
}

}  // namespace

Plan PrefillLowering::plan() const {
  const Job& job = plan_.job;
  const Transformer& model = job.model;
  const std::int64_t layers = job.layers.size(), rows = plan_.rows();
  Moved all;
  for (std::int64_t layer = 0; layer < layers; ++layer) {
    all += attention(plan_);
    all += job.routed(layer) ? mixture(plan_, plan_.routings[static_cast<std::size_t>(layer)])
                             : dense_feed_forward(plan_);
  }
  if (job.has_head()) all += head(plan_);
  const Bytes embedded = job.residual_bytes(job.embeds() ? rows * model.hidden : 0);

  Plan plan;
  plan.weights = all.once;
  const std::int64_t seen = visible(plan_).tokens * job.options.batch;
  plan.kv = isa::bytes_of(rows * model.kv_elements_per_layer() + seen * cache_width(model),
                          job.formats.kv) *
            layers;
  if (const auto& latent = model.latent) {
    const std::int64_t width = model.heads * (latent->nope_dim + latent->value_dim);
    plan.expanded = isa::bytes_of((rows + seen) * width, job.formats.kv) * layers;
  }
  if (plan_.unfused)
    plan.scores = score_traffic(plan_.attention(), plan_.unfused->tiling) * (2 * layers);
  plan.dram_read = all.read + embedded;
  plan.dram_write = all.written + embedded;
  plan.macs = all.macs;
  plan.experts_read = all.experts;
  if (all.experts > 0) plan.picks_block = plan_.combine.block_rows;
  plan.tokens_produced = job.options.batch;
  plan.tokens = rows;
  return plan;
}

}  // namespace npulse::lowering
