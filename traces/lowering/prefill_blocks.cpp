// SPDX-License-Identifier: Apache-2.0
#include "traces/lowering/prefill_blocks.h"

namespace npulse::lowering {
namespace {

/// Rows of an item, `width` wide, out of [head][row][width].
isa::Dma head_rows(const PrefillPlan& plan, const FlashItem& item, Address from, std::int64_t width,
                   Address to) {
  const std::int64_t group = plan.job.model.group(), rows = plan.rows();
  const isa::DataType type = plan.job.formats.activation;
  const Address at =
      advance(from, (item.kv_head * group * rows + first_row(plan, item)) * width, type);
  return transfer(in_spm(to), in_dram(at), {group, item.rows.size() * width}, type, {},
                  {rows * width, 1});
}

/// Dense rows of keys or values from the first of `tokens` on.
isa::Dma token_rows(const PrefillPlan& plan, Address from, Range tokens, std::int64_t width,
                    Address to) {
  return transfer(in_spm(to), in_dram(from), {tokens.size() * width}, plan.job.formats.kv);
}

/// Of expanded keys or values: [head][row][width].
Address expanded(const PrefillPlan& plan, const FlashItem& item, Range tokens, Address base,
                 std::int64_t width) {
  const std::int64_t row = item.sequence * plan.job.options.context + tokens.first;
  return advance(base, (item.kv_head * plan.rows() + row) * width, plan.job.formats.kv);
}

}  // namespace

std::vector<isa::Dma> rotation_transfers(const PrefillPlan& plan, Range row, Address to) {
  const isa::DataType type = plan.job.formats.residual;
  const std::int64_t width = plan.job.model.rotary_dim();
  std::vector<isa::Dma> parts;
  for_each_sequence(
      row, plan.job.options.context, [&](std::int64_t, Range tokens, std::int64_t before) {
        const Address from = advance(plan.memory.rotation, tokens.first * width, type);
        parts.push_back(transfer(in_spm(advance(to, before * width, type)), in_dram(from),
                                 {tokens.size() * width}, type));
      });
  return parts;
}

std::vector<isa::Dma> queries_transfers(const PrefillPlan& plan, const FlashItem& item,
                                        Address to) {
  const AttentionShape shape = plan.attention().shape;
  std::vector<isa::Dma> parts{head_rows(plan, item, plan.memory.queries, shape.nope_width(), to)};
  if (shape.rope_width == 0) return parts;
  const std::int64_t before = shape.group() * item.rows.size() * shape.nope_width();
  parts.push_back(head_rows(plan, item, plan.memory.latent.q_rope, shape.rope_width,
                            advance(to, before, plan.job.formats.activation)));
  return parts;
}

std::vector<isa::Dma> keys_transfers(const PrefillPlan& plan, std::int64_t layer,
                                     const FlashItem& item, Range tokens, Address to) {
  const AttentionShape shape = plan.attention().shape;
  const std::int64_t nope = shape.nope_width();
  if (shape.rope_width == 0) {
    const Address from = plan.cache.key(layer, item.kv_head, item.sequence, tokens.first);
    return {token_rows(plan, from, tokens, nope, to)};
  }
  const Address from = expanded(plan, item, tokens, plan.memory.latent.keys, nope);
  const Address shared = plan.cache.value(layer, 0, item.sequence, tokens.first);
  return {token_rows(plan, from, tokens, nope, to),
          token_rows(plan, shared, tokens, shape.rope_width,
                     advance(to, tokens.size() * nope, plan.job.formats.kv))};
}

isa::Dma values_transfer(const PrefillPlan& plan, std::int64_t layer, const FlashItem& item,
                         Range tokens, Address to) {
  const std::int64_t width = plan.job.model.value_dim();
  const Address from = plan.job.model.latent
                           ? expanded(plan, item, tokens, plan.memory.latent.values, width)
                           : plan.cache.value(layer, item.kv_head, item.sequence, tokens.first);
  return token_rows(plan, from, tokens, width, to);
}

isa::Dma results_transfer(const PrefillPlan& plan, const FlashItem& item, Address results) {
  const Transformer& model = plan.job.model;
  const isa::DataType type = plan.job.formats.activation;
  const std::int64_t width = model.value_dim(), rows = item.rows.size();
  const std::int64_t row_length = model.attention_width();
  const std::int64_t before =
      first_row(plan, item) * row_length + item.kv_head * model.group() * width;
  return transfer(in_dram(advance(plan.memory.heads, before, type)), in_spm(results),
                  {rows, model.group(), width}, type, {row_length, width, 1},
                  {width, rows * width, 1});
}

}  // namespace npulse::lowering
