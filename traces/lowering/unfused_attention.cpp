// SPDX-License-Identifier: Apache-2.0
#include "traces/lowering/unfused_attention.h"

#include <cmath>

#include "traces/lowering/instructions.h"
#include "traces/lowering/prefill_blocks.h"

namespace npulse::lowering {
namespace {

class UnfusedAttention {
 public:
  UnfusedAttention(const PrefillPlan& plan, Emitter& emitter, std::int64_t layer)
      : plan_{plan},
        job_{plan.job},
        model_{plan.job.model},
        formats_{plan.job.formats},
        tiling_{plan.unfused->tiling},
        shape_{plan.attention().shape},
        memory_{plan.unfused->memory},
        rings_{plan.unfused->rings},
        emitter_{emitter},
        layer_{layer},
        items_{deal_items(shape_, tiling_.products.rows, plan.job.cores, emitter.core())} {}

  void run() {
    emitter_.region("attn.scores");
    for (const FlashItem& item : items_) scores(item);
    emitter_.end_round(plan_.stored);
    emitter_.region("attn.softmax");
    for (const FlashItem& item : items_) softmax(item);
    emitter_.end_round(plan_.stored);
    for (const FlashItem& item : items_) values(item);
    emitter_.end_round(plan_.stored);
  }

 private:
  /// One head's block of query rows against one chunk of tokens.
  struct Tile {
    std::int64_t head;  ///< Of the group.
    Range rows, tokens;
  };

  void scores(const FlashItem& item);
  void score_tile(const FlashItem& item, const Tile& tile, const Slot& queries, const Slot& keys);
  void multiply_scores(const Tile& tile, const Slot& queries, const Slot& keys, const Slot& sums);
  void softmax(const FlashItem& item);
  void softmax_rows(const FlashItem& item, std::int64_t head, Range rows);
  void values(const FlashItem& item);
  void value_tile(const FlashItem& item, const Tile& tile, const Slot& output, const Slot& values);
  void store_outputs(const FlashItem& item, const std::vector<Slot>& outputs);

  std::int64_t chunks(const FlashItem& item) const {
    return ceil_div(item.rows.last, tiling_.products.chunk);
  }
  Range chunk(const FlashItem& item, std::int64_t i) const {
    return tile_of({0, item.rows.last}, tiling_.products.chunk, i);
  }
  /// Where the element (row, token) of a head's matrix lies.
  isa::Operand matrix(const FlashItem& item, std::int64_t head, std::int64_t row,
                      std::int64_t token, isa::DataType type) const {
    const std::int64_t before = item.sequence * model_.heads + item.kv_head * model_.group() + head;
    return in_dram(advance(memory_.at(before * job_.options.context + row), token, type));
  }
  void load(const isa::Dma& dma, const Slot& slot) {
    emitter_.put(Role::activation, dma, {slot.free, plan_.stored}, {slot.full});
  }

  const PrefillPlan& plan_;
  const Job& job_;
  const Transformer& model_;
  const Formats& formats_;
  const UnfusedTiling& tiling_;
  AttentionShape shape_;
  const ScoreMemory& memory_;
  UnfusedRings rings_;
  Emitter& emitter_;
  std::int64_t layer_;
  std::vector<FlashItem> items_;
};

void UnfusedAttention::scores(const FlashItem& item) {
  const Slot queries = rings_.queries.next();
  for (const isa::Dma& dma : queries_transfers(plan_, item, queries.address)) load(dma, queries);
  for (std::int64_t i = 0; i < chunks(item); ++i) {
    const Range tokens = chunk(item, i);
    const Slot keys = rings_.keys.next();
    for (const isa::Dma& dma : keys_transfers(plan_, layer_, item, tokens, keys.address))
      load(dma, keys);
    for (std::int64_t g = 0; g < model_.group(); ++g)
      score_tile(item, {g, item.rows, tokens}, queries, keys);
  }
}

void UnfusedAttention::score_tile(const FlashItem& item, const Tile& tile, const Slot& queries,
                                  const Slot& keys) {
  const Slot sums = rings_.scores.next(), stage = rings_.stage.next();
  const std::int64_t rows = tile.rows.size(), columns = tile.tokens.size();
  multiply_scores(tile, queries, keys, sums);
  const isa::DataType type = spilled_score(formats_);
  emitter_.put(Role::vector,
               unary(isa::VecKind::copy, {in_spm(stage.address), type},
                     {in_acc(sums.address), formats_.score}, rows, columns),
               {sums.full, stage.free}, {sums.free, stage.full});
  emitter_.put(Role::store,
               transfer(matrix(item, tile.head, tile.rows.first, tile.tokens.first, type),
                        in_spm(stage.address), {rows, columns}, type, {memory_.stride(type), 1}),
               {stage.full}, {stage.free, plan_.stored});
}

/// The parts of keys that lie apart add to each other's products.
void UnfusedAttention::multiply_scores(const Tile& tile, const Slot& queries, const Slot& keys,
                                       const Slot& sums) {
  const std::int64_t rows = tile.rows.size(), columns = tile.tokens.size();
  const std::int64_t nope = shape_.nope_width(), rope = shape_.rope_width;
  const auto query = [&](std::int64_t elements) {
    return in_spm(advance(queries.address, elements, formats_.activation));
  };
  isa::Mm mm;
  mm.a = query(tile.head * rows * nope);
  mm.b = in_spm(keys.address);
  mm.c = in_acc(sums.address);
  mm.m = rows, mm.n = columns, mm.k = nope;
  mm.a_type = formats_.activation, mm.b_type = formats_.kv, mm.c_type = formats_.score;
  mm.b_transposed = true;
  const Events waits{queries.full, keys.full, sums.free};
  if (rope > 0) {
    emitter_.put(Role::matrix, mm, waits, {});
    mm.a = query((shape_.group() * nope + tile.head * rope) * rows);
    mm.b = in_spm(advance(keys.address, columns * nope, formats_.kv));
    mm.k = rope;
    mm.accumulate = true;
  }
  Events signals{sums.full};
  if (tile.head + 1 == shape_.group()) {
    signals.push_back(keys.free);
    if (tile.tokens.last == tile.rows.last) signals.push_back(queries.free);
  }
  emitter_.put(Role::matrix, mm, waits, signals);
}

void UnfusedAttention::softmax(const FlashItem& item) {
  for (std::int64_t g = 0; g < model_.group(); ++g) {
    for (std::int64_t i = 0; i < ceil_div(item.rows.size(), tiling_.softmax_rows); ++i)
      softmax_rows(item, g, tile_of(item.rows, tiling_.softmax_rows, i));
  }
}

/// Probabilities take the place of their scores.
void UnfusedAttention::softmax_rows(const FlashItem& item, std::int64_t head, Range rows) {
  const Slot in = rings_.rows_in.next(), out = rings_.rows_out.next();
  const isa::DataType from = spilled_score(formats_), to = formats_.activation;
  const std::int64_t columns = item.rows.last;
  emitter_.put(Role::activation,
               transfer(in_spm(in.address), matrix(item, head, rows.first, 0, from),
                        {rows.size(), columns}, from, {}, {memory_.stride(from), 1}),
               {in.free, plan_.stored}, {in.full});
  isa::Vec vec = unary(isa::VecKind::softmax, {in_spm(out.address), to}, {in_spm(in.address), from},
                       rows.size(), columns, 1 / std::sqrt(static_cast<double>(model_.head_dim)));
  vec.causal = rows.first;
  emitter_.put(Role::vector, vec, {in.full, out.free}, {in.free, out.full});
  emitter_.put(Role::store,
               transfer(matrix(item, head, rows.first, 0, to), in_spm(out.address),
                        {rows.size(), columns}, to, {memory_.stride(to), 1}),
               {out.full}, {out.free, plan_.stored});
}

void UnfusedAttention::values(const FlashItem& item) {
  emitter_.region("attn.values");
  std::vector<Slot> outputs;
  for (std::int64_t g = 0; g < model_.group(); ++g) outputs.push_back(rings_.outputs.next());
  for (std::int64_t i = 0; i < chunks(item); ++i) {
    const Range tokens = chunk(item, i);
    const Slot values = rings_.values.next();
    load(values_transfer(plan_, layer_, item, tokens, values.address), values);
    for (std::int64_t g = 0; g < model_.group(); ++g)
      value_tile(item, {g, item.rows, tokens}, outputs[static_cast<std::size_t>(g)], values);
  }
  store_outputs(item, outputs);
}

void UnfusedAttention::value_tile(const FlashItem& item, const Tile& tile, const Slot& output,
                                  const Slot& values) {
  const Slot p = rings_.probabilities.next();
  const std::int64_t rows = tile.rows.size(), tokens = tile.tokens.size();
  const isa::DataType type = formats_.activation;
  emitter_.put(
      Role::activation,
      transfer(in_spm(p.address), matrix(item, tile.head, tile.rows.first, tile.tokens.first, type),
               {rows, tokens}, type, {}, {memory_.stride(type), 1}),
      {p.free, plan_.stored}, {p.full});
  isa::Mm mm;
  mm.a = in_spm(p.address);
  mm.b = in_spm(values.address);
  mm.c = in_acc(output.address);
  mm.m = rows, mm.n = shape_.value_width, mm.k = tokens;
  mm.a_type = type, mm.b_type = formats_.kv, mm.c_type = formats_.score;
  mm.accumulate = tile.tokens.first > 0;
  Events signals{p.free};
  if (tile.head + 1 == model_.group()) signals.push_back(values.free);
  if (tile.tokens.last == tile.rows.last) signals.push_back(output.full);
  emitter_.put(Role::matrix, mm, {p.full, values.full, output.free}, signals);
}

void UnfusedAttention::store_outputs(const FlashItem& item, const std::vector<Slot>& outputs) {
  const Slot results = rings_.results.next();
  const std::int64_t rows = item.rows.size();
  for (std::size_t g = 0; g < outputs.size(); ++g) {
    const Address to =
        advance(results.address, static_cast<std::int64_t>(g) * rows * shape_.value_width,
                formats_.activation);
    emitter_.put(Role::vector,
                 unary(isa::VecKind::copy, {in_spm(to), formats_.activation},
                       {in_acc(outputs[g].address), formats_.score}, rows, shape_.value_width),
                 {outputs[g].full, results.free}, {outputs[g].free, results.full});
  }
  emitter_.region("attn.store");
  emitter_.put(Role::store, results_transfer(plan_, item, results.address), {results.full},
               {results.free, plan_.stored});
}

}  // namespace

void run_unfused_attention(const PrefillPlan& plan, Emitter& emitter, std::int64_t layer) {
  UnfusedAttention{plan, emitter, layer}.run();
}

}  // namespace npulse::lowering
