// SPDX-License-Identifier: Apache-2.0
// Where everything of a decode step lives: tiles and caches in memory, buffers in the scratchpads.
#pragma once

#include <vector>

#include "traces/lowering/expert_weights.h"
#include "traces/lowering/job.h"
#include "traces/lowering/kv_cache.h"
#include "traces/lowering/linear.h"
#include "traces/lowering/routing.h"

namespace npulse::lowering {

/// Buffers in every core's scratchpad; gathered ones are written by all cores.
struct DecodeBuffers {
  Address x = 0;       ///< Residual stream [batch, hidden].
  Address normed = 0;  ///< [batch, hidden], activations.
  Address y = 0;       ///< Gathered: to be added to x.
  Address qkv = 0;     ///< Gathered [batch, qkv_width].
  Address heads = 0;   ///< Gathered output of attention [batch, attention_width], activations.
  Address gated = 0;   ///< Gathered [batch, ffn], or of all experts' visitors; activations.
  Address stage = 0;   ///< This core's share of what is gathered next.
  Address silu = 0;    ///< Between silu and its product with up.
  Address rope = 0;    ///< Row of the rotation table for this position.
  Address state = 0;   ///< Of attention, for two heads in turn.
};

/// Those of latent attention; activations but for the two down-projections.
struct LatentBuffers {
  Address q_down = 0, kv_down = 0;  ///< Gathered [batch, width].
  Address q_normed = 0;             ///< [batch, q_rank].
  Address q_nope = 0;               ///< This core's heads: [head, batch, nope_dim].
  Address q_latent = 0;             ///< Gathered [batch, head, kv_rank].
  Address q_rope = 0;               ///< Gathered [batch, head, rope_dim].
  Address output = 0;               ///< Gathered [head, batch, kv_rank].
};

/// Those of layers with experts.
struct ExpertBuffers {
  ScoreBuffers score;   ///< Of the whole batch; the scores are gathered.
  Address outputs = 0;  ///< Of this core's tiles: [tile, rank, batch, width], as formats.state;
                        ///< the shared experts are a further rank.
};

/// Buffers used in turn, and what each holds.
struct DecodeRings {
  Ring weights;          ///< Tiles of weights, chunks of keys or values.
  Ring vectors;          ///< Norm weights, of x and of heads, and biases.
  Ring acc;              ///< Results of linear layers.
  Ring logits;           ///< On their way to memory.
  Ring queries;          ///< Rotated queries of one KV head.
  Ring fresh;            ///< Key and value of the new token.
  Ring scores, outputs;  ///< Attention's, in acc.
  Ring probabilities;
  Ring visitors;  ///< Rows of the tokens of an expert.
  Ring picks;     ///< Where in `scores` those of each token's experts are.
};

struct DecodeEvents {
  isa::EventId embedded, normed, staged, rotation, gathered, projected;
};

/// Places in memory besides weights and KV.
struct DecodeMemory {
  Address embedding = 0, norms = 0, biases = 0, head_norms = 0, rotation = 0, logits = 0, x = 0;
  Address latent_norms = 0;             ///< [layer, q_rank + kv_rank].
  Address score_biases = 0, picks = 0;  ///< [routed layer, experts], [routed layer, batch * rank].
};

/// How attention of one token is cut: a unit is one sequence and some of its query heads.
struct DecodeUnits {
  std::int64_t per_sequence = 1;  ///< KV heads; of latent attention, groups of query heads.
  std::int64_t rows = 1;          ///< Query heads of a unit.
  std::int64_t value_dim = 1;     ///< Of a value, and of the output of a query head.
  std::int64_t slot_dim = 1;      ///< Elements of a token in one slot of the ring of weights.
};

struct DecodePlan {
  explicit DecodePlan(const Job& job);

  const Linear& matrix(Matrix which) const { return linears[static_cast<std::size_t>(which)]; }
  bool online() const { return job.options.context + 1 > chunk; }

  Job job;
  EventTable events;
  std::vector<Linear> linears;    ///< By Matrix.
  std::vector<Routing> routings;  ///< By layer; none where there are no experts.
  DecodeUnits unit;
  std::vector<Range> units;  ///< By core, of (KV head or group) * batch + sequence.
  std::int64_t chunk = 1;    ///< Most tokens of a KV chunk.
  DecodeBuffers buffers;
  LatentBuffers latent;
  ExpertBuffers experts;
  DecodeRings rings;
  DecodeEvents event;
  DecodeMemory memory;
  KvCache cache;
};

}  // namespace npulse::lowering
