// SPDX-License-Identifier: Apache-2.0
// Attention of many query rows that keeps scores on the chip: blocks of rows of a group of heads
// meet chunks of keys and values, the next product under way while the softmax of the last runs.
#pragma once

#include <functional>
#include <vector>

#include "traces/lowering/arena.h"
#include "traces/lowering/attention.h"
#include "traces/lowering/attention_tiling.h"
#include "traces/lowering/partition.h"

namespace npulse::lowering {

/// Query rows [first, last) of one sequence and KV head.
struct FlashItem {
  std::int64_t sequence = 0, kv_head = 0;
  Range rows;
};

/// One core's items: long and short blocks dealt evenly.
std::vector<FlashItem> deal_items(const AttentionShape& shape, std::int64_t rows,
                                  std::int64_t cores, std::uint32_t core);

struct FlashRings {
  Ring queries, kv, probabilities, results;
  Ring masks;            ///< If there are masks.
  Ring scores, outputs;  ///< In acc.
  Address state = 0;
};

/// Declares events of `name`.
FlashRings lay_out_flash(const AttentionJob& job, const FlashTiling& tiling, EventTable& events,
                         const std::string& name, Address base);

/// Where operands come from and results go.
struct FlashWork {
  explicit FlashWork(const AttentionJob& what) : job{what} {}

  AttentionJob job;
  FlashTiling tiling;
  FlashRings rings;
  double scale = 1;  ///< Of scores that are not scaled through their queries.
  AttentionRegions regions;
  isa::EventId stored = 0;  ///< All operands are made when it is.
  /// [head][row][nope_width] of an item's heads to `to`, behind it [head][row][rope_width], and
  /// [head][row][value_width] from `from`.
  std::function<std::vector<isa::Dma>(const FlashItem&, Address to)> queries;
  std::function<isa::Dma(const FlashItem&, Address from)> results;
  /// [token][nope_width] of an item's tokens to `to`, behind it [token][rope_width].
  std::function<std::vector<isa::Dma>(const FlashItem&, Range tokens, Address to)> keys;
  std::function<isa::Dma(const FlashItem&, Range tokens, Address to)> values;
  /// [rows, tokens] of the mask of the item's head `head`; unset: none.
  std::function<isa::Dma(const FlashItem&, std::int64_t head, Range tokens, Address to)> mask;
  MaskKind mask_kind = MaskKind::added;
};

void run_flash_attention(const FlashWork& work, Emitter& emitter);

}  // namespace npulse::lowering
