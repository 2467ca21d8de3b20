// SPDX-License-Identifier: Apache-2.0
// Where everything of a prefill lives. Activations lie in memory between phases; a phase is what
// lies between two chip-wide rounds of stores, and uses the scratchpad's arena anew.
#pragma once

#include <vector>

#include "traces/lowering/expert_weights.h"
#include "traces/lowering/flash_attention.h"
#include "traces/lowering/job.h"
#include "traces/lowering/kv_cache.h"
#include "traces/lowering/linear.h"
#include "traces/lowering/prefill_tiling.h"
#include "traces/lowering/routing.h"
#include "traces/lowering/unfused_plan.h"

namespace npulse::lowering {

/// Buffers of a linear layer over many rows.
struct PanelRings {
  Ring rows;     ///< Blocks of activations, and for qkv their rows of the rotation table.
  Ring addends;  ///< Blocks of the residual stream.
  Ring stage;    ///< Results on their way to memory.
  Address scratch = 0;
};

/// Buffers of the phases that go row by row: embedding and norms.
struct RowRings {
  Ring in, out;
  std::int64_t block_rows = 1;
};

/// Buffers of the phase that adds up what experts gave, a block of tokens at a time.
struct CombineBuffers {
  Ring scores, picks, x, outputs;
  ScoreBuffers score;  ///< Without scores, which a ring holds.
  Address turned = 0;  ///< Weights as [rank, tokens].
  Address sum = 0, product = 0;
  std::int64_t block_rows = 1;  ///< Blocks of tokens are dealt to cores in turn.
};

/// Buffers of the phase that norms what latent attention compressed; every part is one dense block,
/// one behind the other.
struct LatentRings {
  Ring in;   ///< Compressed queries, latent vectors, keys to rotate and their rotations.
  Ring out;  ///< The first two as activations, then latent vectors and keys as the cache has them.
  std::int64_t block_rows = 1;
};

/// The last token of every sequence, on every core.
struct HeadBuffers {
  Address x = 0, normed = 0;
  Ring logits;
};

/// Of latent attention in memory. Keys and values are expanded from one layer to the next.
struct LatentMemory {
  Address q_down = 0, kv_down = 0;    ///< [row, width], of the residual stream's type.
  Address q_normed = 0, latents = 0;  ///< [row, rank], activations.
  Address q_rope = 0;                 ///< [head][row][rope_dim]; the others are `queries`.
  Address keys = 0, values = 0;       ///< [head][row][nope_dim or value_dim], as the cache's.
};

/// Activations and tables in memory, all row-major except `queries`: [head][row][head_dim], of
/// latent attention without the rotated part.
struct PrefillMemory {
  Address embedding = 0, norms = 0, biases = 0, head_norms = 0, rotation = 0;
  Address x = 0, normed = 0, queries = 0, heads = 0, gated = 0, logits = 0;
  Address scores = 0;                   ///< [row, expert], as formats.state.
  Address picks = 0, score_biases = 0;  ///< [routed layer, row * rank], [routed layer, expert].
  Address latent_norms = 0;             ///< [layer, q_rank + kv_rank].
  LatentMemory latent;
  Address shared_gated = 0;  ///< Like gated, of shared experts.
  Address outputs = 0;       ///< [rank, row, hidden]; shared experts are a further rank.
};

/// Whether results of a matrix are rotated, so that rows come with their rotations.
inline bool has_rotation(Matrix which) {
  return which == Matrix::qkv || which == Matrix::q_rope;
}

/// Whether any of these columns of q, k and v belong to q or k.
inline bool rotates(Range columns, const Transformer& model) {
  return columns.size() > 0 && columns.first < model.q_width() + model.kv_width();
}

struct PrefillPlan {
  explicit PrefillPlan(const Job& job);

  std::int64_t rows() const { return job.options.batch * job.options.context; }
  const Linear& matrix(Matrix which) const { return linears[static_cast<std::size_t>(which)]; }
  const PanelTiling& tiling(Matrix which) const { return tilings[static_cast<std::size_t>(which)]; }
  const PanelRings& panel(Matrix which) const { return panels[static_cast<std::size_t>(which)]; }
  bool online() const { return !unfused && flash.chunk < job.options.context; }
  /// Of a block of attention.
  std::int64_t query_rows() const { return unfused ? unfused->tiling.products.rows : flash.rows; }
  AttentionJob attention() const {
    const Transformer& m = job.model;
    return {{job.options.batch, m.heads, m.kv_heads, job.options.context, job.options.context,
             m.head_dim, m.value_dim(), true, m.latent ? m.latent->rope_dim : 0},
            job.formats,
            job.target,
            job.cores};
  }

  Job job;
  EventTable events;
  isa::EventId stored = 0;             ///< Chip-wide: every store.
  isa::EventId normed = 0;             ///< Last tokens are ready for the head.
  isa::EventId loaded = 0;             ///< Last tokens have arrived.
  std::vector<Linear> linears;         ///< By Matrix.
  std::vector<PanelTiling> tilings;    ///< By Matrix; the head has none.
  std::vector<PanelLimits> limits;     ///< Likewise: what those tilings had to keep to.
  Mapping choices;                     ///< Those tilings, as the user may give them.
  std::vector<PanelRings> panels;      ///< Likewise.
  std::vector<Routing> routings;       ///< By layer; none where there are no experts.
  FlashTiling flash;                   ///< Of fused attention.
  std::optional<UnfusedPlan> unfused;  ///< Set: scores go through memory.
  Ring weights, vectors, biases, head_norms, acc;
  RowRings row_rings;
  CombineBuffers combine;
  LatentRings latent;
  FlashRings flash_rings;
  HeadBuffers head;
  PrefillMemory memory;
  KvCache cache;
};

}  // namespace npulse::lowering
