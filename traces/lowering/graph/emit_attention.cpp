// SPDX-License-Identifier: Apache-2.0
#include "traces/lowering/flash_attention.h"
#include "traces/lowering/graph/emit_steps.h"

namespace npulse::lowering {
namespace {

/// Places of one step's tensors: q and outputs [n, heads, rows, d], k and v [n, kv_heads, tokens,
/// d], a mask as large or with dimensions of 1.
class Operands {
 public:
  Operands(const GraphPlan& plan, const FusedAttentionStep& step)
      : plan_{plan}, step_{step}, shape_{step.shape}, type_{plan.formats.activation} {}

  isa::Operand at(graph::TensorId tensor, std::int64_t element) const {
    return in_dram(advance(plan_.address(tensor), element, type_));
  }
  std::vector<isa::Dma> queries(const FlashItem& item, Address to) const {
    const std::int64_t width = shape_.width;
    return {transfer(in_spm(to), at(step_.q, first_row(item) * width),
                     {shape_.group(), item.rows.size() * width}, type_, {},
                     {shape_.rows * width, 1})};
  }
  isa::Dma results(const FlashItem& item, Address from) const {
    const std::int64_t width = shape_.value_width;
    return transfer(at(step_.output, first_row(item) * width), in_spm(from),
                    {shape_.group(), item.rows.size() * width}, type_, {shape_.rows * width, 1});
  }
  std::vector<isa::Dma> keys(const FlashItem& item, Range tokens, Address to) const {
    return {load(step_.k, item, tokens, shape_.width, to)};
  }
  isa::Dma values(const FlashItem& item, Range tokens, Address to) const {
    return load(step_.v, item, tokens, shape_.value_width, to);
  }
  isa::Dma mask(const FlashItem& item, std::int64_t head, Range tokens, Address to) const {
    const std::int64_t index[] = {item.sequence, item.kv_head * shape_.group() + head,
                                  item.rows.first, tokens.first};
    std::int64_t element = 0;
    for (std::size_t i = 0; i < step_.mask_strides.size(); ++i)
      element += index[i] * step_.mask_strides[i];
    return transfer(in_spm(to), at(*step_.mask, element), {item.rows.size(), tokens.size()}, type_,
                    {}, {step_.mask_strides[2], step_.mask_strides[3]});
  }

 private:
  /// Over all sequences and heads.
  std::int64_t first_row(const FlashItem& item) const {
    const std::int64_t head = item.sequence * shape_.heads + item.kv_head * shape_.group();
    return head * shape_.rows + item.rows.first;
  }
  isa::Dma load(graph::TensorId tensor, const FlashItem& item, Range tokens, std::int64_t width,
                Address to) const {
    const std::int64_t matrix = item.sequence * shape_.kv_heads + item.kv_head;
    return transfer(in_spm(to), at(tensor, (matrix * shape_.tokens + tokens.first) * width),
                    {tokens.size() * width}, type_);
  }

  const GraphPlan& plan_;
  const FusedAttentionStep& step_;
  const AttentionShape& shape_;
  isa::DataType type_;
};

}  // namespace

void emit(CoreWriter& core, const std::string& region, const FusedAttentionStep& step) {
  core.begin_elsewhere(region);
  const GraphPlan& plan = core.plan();
  const Operands operands{plan, step};
  FlashWork work{plan.attention_job(step.shape, step.mask.has_value())};
  work.tiling = step.tiling;
  work.rings = plan.flash_rings[step.rings];
  work.scale = step.scale;
  work.regions = {region, region, region, region};
  work.stored = plan.stored;
  work.queries = [&](const FlashItem& item, Address to) { return operands.queries(item, to); };
  work.results = [&](const FlashItem& item, Address from) { return operands.results(item, from); };
  work.keys = [&](const FlashItem& item, Range tokens, Address to) {
    return operands.keys(item, tokens, to);
  };
  work.values = [&](const FlashItem& item, Range tokens, Address to) {
    return operands.values(item, tokens, to);
  };
  if (step.mask) {
    work.mask = [&](const FlashItem& item, std::int64_t head, Range tokens, Address to) {
      return operands.mask(item, head, tokens, to);
    };
  }
  work.mask_kind = step.mask_kind;
  run_flash_attention(work, core.emitter());
}

}  // namespace npulse::lowering
