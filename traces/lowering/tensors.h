// SPDX-License-Identifier: Apache-2.0
// Entries of a program's tensor table.
#pragma once

#include "traces/lowering/job.h"
#include "traces/lowering/kv_cache.h"
#include "traces/lowering/linear.h"

namespace npulse::lowering {

/// One dense block in memory.
isa::TensorDecl dense_tensor(const std::string& name, isa::TensorRole role, Address at,
                             const isa::Extents& shape, isa::DataType type);

/// A weight matrix and its copies, [layer, k, n] or with parts [layer, part, k, n]: a box a core.
void append_linear(std::vector<isa::TensorDecl>& list, const Linear& linear,
                   const Formats& formats);

/// Keys and values, each [layer, KV head, sequence, token, width]: of latent attention the latent
/// vectors and the rotated keys of all heads.
void append_cache(std::vector<isa::TensorDecl>& list, const KvCache& cache, isa::TensorRole role);

/// Of a transformer, besides matrices and cache: what both phases name alike. `x` is the
/// residual stream [rows, hidden] if a run begins or ends with it.
template <class Memory>
void append_vectors(std::vector<isa::TensorDecl>& list, const Job& job, const Memory& memory,
                    std::int64_t rows, std::int64_t rotations) {
  using isa::TensorRole;
  const Transformer& model = job.model;
  const std::int64_t layers = job.layers.size();
  const auto add = [&](const char* name, TensorRole role, Address at, const isa::Extents& shape) {
    list.push_back(dense_tensor(name, role, at, shape, job.formats.residual));
  };
  if (job.embeds())
    add("embedding", TensorRole::weight, memory.embedding, {model.vocab, model.hidden});
  add("norms", TensorRole::weight, memory.norms, {2 * layers + 1, model.hidden});
  if (model.qkv_bias)
    add("attn.bias", TensorRole::weight, memory.biases, {layers, model.qkv_width()});
  if (model.qk_norm)
    add("attn.head_norms", TensorRole::weight, memory.head_norms, {layers, 2, model.head_dim});
  if (const auto& latent = model.latent) {
    add("attn.latent_norms", TensorRole::weight, memory.latent_norms,
        {layers, latent->norm_width()});
  }
  add("rotation", TensorRole::input, memory.rotation, {rotations, model.rotary_dim()});
  const std::int64_t routed = job.routed_before(layers);
  if (routed > 0 && model.experts->score_bias)
    add("moe.bias", TensorRole::weight, memory.score_biases, {routed, model.experts->count});
  if (routed > 0) {
    list.push_back(dense_tensor("moe.picks", TensorRole::input, memory.picks,
                                {routed, rows, model.experts->per_token}, isa::DataType::i32));
  }
  if (job.has_head())
    add("logits", TensorRole::output, memory.logits, {job.options.batch, model.vocab});
  if (!job.embeds() || !job.has_head()) {
    const TensorRole end = job.has_head() ? TensorRole::input : TensorRole::state;
    add("x", job.embeds() ? TensorRole::output : end, memory.x, {rows, model.hidden});
  }
}

/// The table of a phase. Picks of experts must fit the choice that the program was lowered for.
template <class Plan>
std::vector<isa::TensorDecl> transformer_tensors(const Plan& plan, std::int64_t rows,
                                                 std::int64_t rotations, isa::TensorRole cache) {
  const Job& job = plan.job;
  std::vector<isa::TensorDecl> list;
  for (std::size_t i = 0; i < plan.linears.size(); ++i) {
    if (static_cast<Matrix>(i) != Matrix::head || job.has_head())
      append_linear(list, plan.linears[i], job.formats);
  }
  append_vectors(list, job, plan.memory, rows, rotations);
  append_cache(list, plan.cache, cache);
  return list;
}

}  // namespace npulse::lowering
