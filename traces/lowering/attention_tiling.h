// SPDX-License-Identifier: Apache-2.0
// Attention over many query rows: its dimensions, and tiles of the form that keeps scores on chip.
#pragma once

#include <algorithm>
#include <optional>

#include "traces/lowering/formats.h"

namespace npulse::lowering {

struct AttentionShape {
  std::int64_t batch = 1, heads = 1, kv_heads = 1;
  std::int64_t rows = 1, tokens = 1;        ///< Of queries, and of keys and values, a sequence.
  std::int64_t width = 1, value_width = 1;  ///< Of a head's queries and keys, and values.
  bool causal = false;                      ///< The last row sees all, each row above one less.
  std::int64_t rope_width = 0;              ///< The last of `width`, which lie apart.

  std::int64_t group() const { return heads / kv_heads; }
  std::int64_t nope_width() const { return width - rope_width; }
  /// Tokens that the rows before `last` see together.
  std::int64_t seen(std::int64_t last) const {
    return causal ? std::clamp<std::int64_t>(last + tokens - rows, 0, tokens) : tokens;
  }
};

/// What attention is tiled and costed for.
struct AttentionJob {
  AttentionShape shape;
  const Formats& formats;
  const Target& target;
  std::int64_t cores = 1;
  bool masks = false;  ///< A mask, in activations, is added to the scores.
};

/// Blocks of query rows of every head of a group against chunks of tokens.
struct FlashTiling {
  std::int64_t rows = 1, chunk = 1;
  std::int64_t output_slots = 1;  ///< Of [rows, value_width] accumulators.
};

/// Within `arena` bytes of the scratchpad; nullopt: not one row and one token fit.
std::optional<FlashTiling> tile_flash(const AttentionJob& job, Bytes arena);

/// The most query rows, of each head of a group, that leave room for chunks which are good (a few
/// value widths); failing that, the largest tile. `longest_chunk(rows, output_slots)` is 0 when
/// nothing fits.
template <class LongestChunk>
std::optional<FlashTiling> best_tile(const AttentionJob& job, LongestChunk longest_chunk) {
  constexpr std::int64_t kMaxQueryRows = 256;
  constexpr std::int64_t kGoodChunk = 3;  // value widths: rescaling outputs is then a minor cost
  const AttentionShape& shape = job.shape;
  std::optional<FlashTiling> best;
  const std::int64_t good = std::min(kGoodChunk * shape.value_width, shape.tokens);
  for (std::int64_t rows = kMaxQueryRows; rows >= 1; rows /= 2) {
    for (const std::int64_t slots : {2 * shape.group(), shape.group()}) {
      FlashTiling tiling{std::min(rows, shape.rows), 0, slots};
      tiling.chunk = longest_chunk(tiling.rows, slots);
      const std::int64_t natural = job.target.tile_n;
      if (tiling.chunk < shape.tokens && tiling.chunk > natural)
        tiling.chunk -= tiling.chunk % natural;
      if (tiling.chunk >= good) return tiling;
      const bool larger = !best || tiling.chunk * tiling.rows > best->chunk * best->rows;
      if (tiling.chunk > 0 && larger) best = tiling;
    }
  }
  return best;
}

}  // namespace npulse::lowering
