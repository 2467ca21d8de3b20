// SPDX-License-Identifier: Apache-2.0
// How a block of query rows of one group of heads comes from memory, and how its outputs go there.
#pragma once

#include "traces/lowering/instructions.h"
#include "traces/lowering/prefill_plan.h"

namespace npulse::lowering {

/// First of an item's rows, over all sequences.
inline std::int64_t first_row(const PrefillPlan& plan, const FlashItem& item) {
  return item.sequence * plan.job.options.context + item.rows.first;
}

/// To [head][row][head_dim] in the scratchpad.
inline isa::Dma queries_transfer(const PrefillPlan& plan, const FlashItem& item, Address to) {
  const Transformer& model = plan.job.model;
  const isa::DataType type = plan.job.formats.activation;
  const std::int64_t width = model.head_dim, rows = plan.rows();
  const Address from =
      advance(plan.memory.queries,
              (item.kv_head * model.group() * rows + first_row(plan, item)) * width, type);
  return transfer(in_spm(to), in_dram(from), {model.group(), item.rows.size() * width}, type, {},
                  {rows * width, 1});
}

/// [head][row] in the scratchpad becomes [row][head] in memory.
inline isa::Dma results_transfer(const PrefillPlan& plan, const FlashItem& item, Address results) {
  const Transformer& model = plan.job.model;
  const isa::DataType type = plan.job.formats.activation;
  const std::int64_t width = model.head_dim, rows = item.rows.size();
  const std::int64_t before =
      first_row(plan, item) * model.q_width() + item.kv_head * model.group() * width;
  return transfer(in_dram(advance(plan.memory.heads, before, type)), in_spm(results),
                  {rows, model.group(), width}, type, {model.q_width(), width, 1},
                  {width, rows * width, 1});
}

}  // namespace npulse::lowering
