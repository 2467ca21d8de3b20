// SPDX-License-Identifier: Apache-2.0
// What attention over whole prompts takes, with scores kept on the chip and with scores in memory:
// closed forms of array, vector unit and memory, by which lowering chooses.
#pragma once

#include "traces/lowering/attention_tiling.h"
#include "traces/lowering/unfused_plan.h"

namespace npulse::lowering {

/// What blocks of `rows` query rows of one head see, each row as much as the last of its block:
/// tokens summed over blocks, and (row, token) pairs.
struct VisibleScores {
  std::int64_t tokens = 0, pairs = 0;
};
VisibleScores visible_scores(const AttentionShape& shape, std::int64_t rows);

/// Multiply-accumulates of all that blocks of `rows` query rows see.
std::int64_t products_of(const AttentionShape& shape, std::int64_t rows);

/// Cycles of the chip; the cores share the work evenly.
double cycles_of(const AttentionJob& job, const FlashTiling& tiling);
double cycles_of(const AttentionJob& job, const UnfusedTiling& tiling);

/// Tiles of the fused form if `form` asks for it or it is the faster one; nothing for the unfused.
/// It has the whole scratchpad. Throws InputError when it is asked for and does not fit.
std::optional<FlashTiling> fused_tiling(const AttentionJob& job, AttentionForm form);

/// Score matrices and their softmax, which are written and read again.
Bytes score_traffic(const AttentionJob& job, const UnfusedTiling& tiling);

}  // namespace npulse::lowering
