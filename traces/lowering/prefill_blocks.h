// SPDX-License-Identifier: Apache-2.0
// How operands of a prefill's attention come from memory, and how its outputs go there: blocks of
// query rows of one group of heads, chunks of tokens.
#pragma once

#include <algorithm>
#include <vector>

#include "traces/lowering/instructions.h"
#include "traces/lowering/prefill_plan.h"

namespace npulse::lowering {

/// Cuts rows of all sequences where a sequence begins; `f(sequence, tokens, rows before)`.
template <class F>
void for_each_sequence(Range row, std::int64_t context, F&& f) {
  for (std::int64_t at = row.first; at < row.last;) {
    const std::int64_t sequence = at / context, token = at % context;
    const std::int64_t count = std::min(context - token, row.last - at);
    f(sequence, Range{token, token + count}, at - row.first);
    at += count;
  }
}

/// Rows of the rotation table for `row` of all sequences.
std::vector<isa::Dma> rotation_transfers(const PrefillPlan& plan, Range row, Address to);

/// First of an item's rows, over all sequences.
inline std::int64_t first_row(const PrefillPlan& plan, const FlashItem& item) {
  return item.sequence * plan.job.options.context + item.rows.first;
}

/// To [head][row][nope_width] in the scratchpad, behind it [head][row][rope_width].
std::vector<isa::Dma> queries_transfers(const PrefillPlan& plan, const FlashItem& item, Address to);

/// To [token][nope_width] in the scratchpad, behind it [token][rope_width], which all heads share.
std::vector<isa::Dma> keys_transfers(const PrefillPlan& plan, std::int64_t layer,
                                     const FlashItem& item, Range tokens, Address to);

isa::Dma values_transfer(const PrefillPlan& plan, std::int64_t layer, const FlashItem& item,
                         Range tokens, Address to);

/// [head][row] in the scratchpad becomes [row][head] in memory.
isa::Dma results_transfer(const PrefillPlan& plan, const FlashItem& item, Address results);

}  // namespace npulse::lowering
