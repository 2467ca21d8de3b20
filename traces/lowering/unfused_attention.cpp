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
        memory_{plan.unfused->memory},
        rings_{plan.unfused->rings},
        emitter_{emitter},
        layer_{layer},
        items_{deal_items(plan.attention().shape, tiling_.products.rows, plan.job.cores,
                          emitter.core())} {}

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
  Slot load_tokens(Ring& ring, Address from, std::int64_t tokens) {
    const Slot slot = ring.next();
    emitter_.put(
        Role::activation,
        transfer(in_spm(slot.address), in_dram(from), {tokens * model_.head_dim}, formats_.kv),
        {slot.free, plan_.stored}, {slot.full});
    return slot;
  }

  const PrefillPlan& plan_;
  const Job& job_;
  const Transformer& model_;
  const Formats& formats_;
  const UnfusedTiling& tiling_;
  const ScoreMemory& memory_;
  UnfusedRings rings_;
  Emitter& emitter_;
  std::int64_t layer_;
  std::vector<FlashItem> items_;
};

void UnfusedAttention::scores(const FlashItem& item) {
  const Slot queries = rings_.queries.next();
  emitter_.put(Role::activation, queries_transfer(plan_, item, queries.address),
               {queries.free, plan_.stored}, {queries.full});
  for (std::int64_t i = 0; i < chunks(item); ++i) {
    const Range tokens = chunk(item, i);
    const Address from = plan_.cache.key(layer_, item.kv_head, item.sequence, tokens.first);
    const Slot keys = load_tokens(rings_.keys, from, tokens.size());
    for (std::int64_t g = 0; g < model_.group(); ++g)
      score_tile(item, {g, item.rows, tokens}, queries, keys);
  }
}

void UnfusedAttention::score_tile(const FlashItem& item, const Tile& tile, const Slot& queries,
                                  const Slot& keys) {
  const Slot sums = rings_.scores.next(), stage = rings_.stage.next();
  const std::int64_t rows = tile.rows.size(), columns = tile.tokens.size();
  isa::Mm mm;
  mm.a = in_spm(advance(queries.address, tile.head * rows * model_.head_dim, formats_.activation));
  mm.b = in_spm(keys.address);
  mm.c = in_acc(sums.address);
  mm.m = rows, mm.n = columns, mm.k = model_.head_dim;
  mm.a_type = formats_.activation, mm.b_type = formats_.kv, mm.c_type = formats_.score;
  mm.b_transposed = true;
  Events signals{sums.full};
  if (tile.head + 1 == model_.group()) {
    signals.push_back(keys.free);
    if (tile.tokens.last == tile.rows.last) signals.push_back(queries.free);
  }
  emitter_.put(Role::matrix, mm, {queries.full, keys.full, sums.free}, signals);
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
    const Address from = plan_.cache.value(layer_, item.kv_head, item.sequence, tokens.first);
    const Slot values = load_tokens(rings_.values, from, tokens.size());
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
  mm.m = rows, mm.n = model_.head_dim, mm.k = tokens;
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
        advance(results.address, static_cast<std::int64_t>(g) * rows * model_.head_dim,
                formats_.activation);
    emitter_.put(Role::vector,
                 unary(isa::VecKind::copy, {in_spm(to), formats_.activation},
                       {in_acc(outputs[g].address), formats_.score}, rows, model_.head_dim),
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
