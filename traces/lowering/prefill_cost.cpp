// SPDX-License-Identifier: Apache-2.0
// What a prefill must move and compute, counted by phases.
#include "traces/lowering/partition.h"
#include "traces/lowering/prefill.h"

namespace npulse::lowering {
namespace {

constexpr Matrix kPanels[] = {Matrix::qkv, Matrix::out, Matrix::gate_up, Matrix::down};

std::int64_t cores_with_columns(const Linear& linear, std::uint32_t cores) {
  std::int64_t count = 0;
  for (std::uint32_t core = 0; core < cores; ++core) count += linear.tiles(core) > 0;
  return count;
}

/// Tokens that all blocks of query rows of one sequence see, and how many (row, token) pairs that
/// is.
struct Visible {
  std::int64_t tokens = 0, pairs = 0;
};

Visible visible(const PrefillPlan& plan) {
  Visible sum;
  const Range all{0, plan.job.options.context};
  for (std::int64_t i = 0; i < ceil_div(all.size(), plan.flash.rows); ++i) {
    const Range rows = tile_of(all, plan.flash.rows, i);
    sum.tokens += rows.last;
    sum.pairs += rows.size() * rows.last;
  }
  return sum;
}

std::int64_t cores_that_rotate(const Linear& qkv, const Job& job) {
  std::int64_t cores = 0;
  for (std::uint32_t core = 0; core < job.cores; ++core)
    cores += rotates(qkv.columns(core), job.model) ? 1 : 0;
  return cores;
}

}  // namespace

Plan PrefillLowering::plan() const {
  const Job& job = plan_.job;
  const Transformer& model = job.model;
  const Formats& formats = job.formats;
  const std::int64_t layers = job.layers.size(), rows = plan_.rows(), batch = job.options.batch;
  const auto residuals = [&](std::int64_t n) { return job.residual_bytes(n); };
  const auto activations = [&](std::int64_t n) { return isa::bytes_of(n, formats.activation); };
  const Visible seen = visible(plan_);
  const Bytes norm = residuals(model.hidden);
  const Bytes biases = residuals(model.qkv_bias ? model.qkv_width() : 0);
  const Bytes head_norms = residuals(model.head_norm_parameters());
  const Bytes x = residuals(rows * model.hidden), normed = activations(rows * model.hidden);
  const Bytes q = activations(rows * model.q_width()), gated = activations(rows * model.ffn);
  const Bytes kv = isa::bytes_of(rows * 2 * model.kv_width(), formats.kv);
  const Bytes kv_read = isa::bytes_of(seen.tokens * batch * 2 * model.kv_width(), formats.kv);

  Bytes once{}, layer_read = norm * (2 * std::min<std::int64_t>(rows, job.cores)) + biases + x * 4 +
                             q + kv_read;
  for (const Matrix which : kPanels) {
    const Linear& linear = plan_.matrix(which);
    const std::int64_t readers = cores_with_columns(linear, job.cores);
    once += linear.stored_bytes(formats) * layers;
    layer_read += linear.stored_bytes(formats) * plan_.tiling(which).panels(rows);
    layer_read += activations(rows * linear.shape().k) * readers;
    if (which != Matrix::qkv) continue;
    layer_read += residuals(rows * model.head_dim) * readers;
    layer_read += head_norms * cores_that_rotate(linear, job);
  }
  const Bytes layer_written = normed * 2 + q * 2 + kv + x * 2 + gated;

  Plan plan;
  plan.weights = once + (norm * 2 + biases + head_norms) * layers;
  plan.kv = (kv + kv_read) * layers;
  plan.dram_read = layer_read * layers + (job.embeds() ? x : Bytes{});
  plan.dram_write = layer_written * layers + (job.embeds() ? x : Bytes{});
  plan.macs = layers * (rows * model.linear_parameters_per_layer() +
                        2 * seen.pairs * batch * model.q_width());
  plan.tokens_produced = batch;
  plan.tokens = rows;
  if (!job.has_head()) return plan;
  const Bytes head = plan_.matrix(Matrix::head).stored_bytes(formats);
  plan.weights += head + norm;
  plan.dram_read += head + (norm + residuals(batch * model.hidden)) * job.cores;
  plan.dram_write += residuals(batch * model.vocab);
  plan.macs += batch * model.hidden * model.vocab;
  return plan;
}

}  // namespace npulse::lowering
