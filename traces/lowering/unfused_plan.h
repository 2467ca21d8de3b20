// SPDX-License-Identifier: Apache-2.0
// Tiles, buffers and memory of a prefill's attention whose scores go through memory.
#pragma once

#include <optional>

#include "traces/lowering/arena.h"
#include "traces/lowering/attention_tiling.h"

namespace npulse::lowering {

/// Products go tile by tile, as those of the fused form; softmax takes whole rows.
struct UnfusedTiling {
  FlashTiling products;
  std::int64_t softmax_rows = 1;
};

/// Those of each of the three phases lie from the arena's start.
struct UnfusedRings {
  Ring queries, keys, stage;            ///< Scores: results narrow into `stage`.
  Ring rows_in, rows_out;               ///< Softmax.
  Ring probabilities, values, results;  ///< Products with values.
  Ring scores, outputs;                 ///< In acc.
};

/// Scores, and later probabilities in their place: [sequence][head][row][token], rows a pitch
/// apart.
struct ScoreMemory {
  Address base = 0;
  Bytes row_pitch{};

  Address at(std::int64_t row) const {
    return base + static_cast<Address>((row_pitch * row).count());
  }
  /// Elements from row to row.
  std::int64_t stride(isa::DataType type) const {
    return row_pitch.count() * 8 / isa::bits_of(type);
  }
};

struct UnfusedPlan {
  UnfusedTiling tiling;
  UnfusedRings rings;
  ScoreMemory memory;
};

/// Type of scores in memory: of the residual stream, unless they are exact integers; never
/// narrower than the activations that take their place.
isa::DataType spilled_score(const Formats& formats);

/// Bytes from one row of scores to the next, and of all of them.
Bytes score_row_pitch(const AttentionJob& job);
Bytes score_bytes(const AttentionJob& job);

/// nullopt: not one row of scores fits.
std::optional<UnfusedTiling> tile_unfused(const AttentionJob& job, Bytes arena);

UnfusedRings lay_out_unfused(const AttentionJob& job, const UnfusedTiling& tiling,
                             EventTable& events, Address arena);

}  // namespace npulse::lowering
