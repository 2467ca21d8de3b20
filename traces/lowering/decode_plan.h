// SPDX-License-Identifier: Apache-2.0
// Where everything of a decode step lives: tiles and caches in memory, buffers in the scratchpads.
#pragma once

#include <vector>

#include "traces/lowering/job.h"
#include "traces/lowering/kv_cache.h"
#include "traces/lowering/linear.h"

namespace npulse::lowering {

/// Buffers in every core's scratchpad; gathered ones are written by all cores.
struct DecodeBuffers {
  Address x = 0;       ///< Residual stream [batch, hidden].
  Address normed = 0;  ///< [batch, hidden], activations.
  Address y = 0;       ///< Gathered: to be added to x.
  Address qkv = 0;     ///< Gathered [batch, qkv_width].
  Address heads = 0;   ///< Gathered output of attention [batch, q_width], activations.
  Address gated = 0;   ///< Gathered [batch, ffn], activations.
  Address stage = 0;   ///< This core's share of what is gathered next.
  Address silu = 0;    ///< Between silu and its product with up.
  Address rope = 0;    ///< Row of the rotation table for this position.
  Address state = 0;   ///< Of attention, for two heads in turn.
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
};

struct DecodeEvents {
  isa::EventId embedded, normed, staged, rotation, gathered;
};

/// Places in memory besides weights and KV.
struct DecodeMemory {
  Address embedding = 0, norms = 0, biases = 0, head_norms = 0, rotation = 0, logits = 0, x = 0;
};

struct DecodePlan {
  explicit DecodePlan(const Job& job);

  const Linear& matrix(Matrix which) const { return linears[static_cast<std::size_t>(which)]; }
  bool online() const { return job.options.context + 1 > chunk; }

  Job job;
  EventTable events;
  std::vector<Linear> linears;  ///< By Matrix.
  std::vector<Range> units;     ///< By core, of kv head * batch + sequence.
  std::int64_t chunk = 1;       ///< Most tokens of a KV chunk.
  DecodeBuffers buffers;
  DecodeRings rings;
  DecodeEvents event;
  DecodeMemory memory;
  KvCache cache;
};

}  // namespace npulse::lowering
