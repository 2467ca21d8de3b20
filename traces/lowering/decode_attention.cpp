// SPDX-License-Identifier: Apache-2.0
#include "traces/lowering/decode_attention.h"

#include <cmath>

#include "traces/lowering/attention.h"
#include "traces/lowering/gather.h"
#include "traces/lowering/instructions.h"

namespace npulse::lowering {
namespace {

using isa::Broadcast;
using isa::VecKind;

/// One core's pairs of one layer.
class DecodeAttention {
 public:
  DecodeAttention(const DecodePlan& plan, DecodeRings& rings, Emitter& emitter, std::int64_t layer)
      : plan_{plan},
        job_{plan.job},
        model_{plan.job.model},
        rings_{rings},
        emitter_{emitter},
        layer_{layer},
        attention_{emitter,
                   plan.job.formats,
                   {model_.head_dim,
                    model_.head_dim,
                    plan.online() ? 1 : scale(),
                    plan.online(),
                    rings.scores,
                    rings.probabilities,
                    0,
                    {},
                    {}}} {}

  void run() {
    const Range mine = plan_.units[emitter_.core()];
    if (model_.qk_norm && mine.size() > 0) load_head_norms();
    for (std::int64_t unit = mine.first; unit < mine.last; ++unit)
      run_unit(unit, unit - mine.first);
    attention_.drain();
    gather(mine);
  }

 private:
  /// A pair and what was made ready for it.
  struct Unit {
    std::int64_t head, sequence;
    Slot query, fresh;
  };

  double scale() const { return 1 / std::sqrt(static_cast<double>(model_.head_dim)); }
  std::int64_t output_width() const { return model_.group() * model_.head_dim; }
  void run_unit(std::int64_t unit, std::int64_t index);
  void load_head_norms();
  void norm_heads(const Unit& unit, bool last);
  void rotate(const Unit& unit);
  void append_to_cache(const Unit& unit);
  void run_chunk(const Unit& unit, std::int64_t token, const AttentionHead& head,
                 std::int64_t index);
  const Slot& load_chunk(Address cache, std::int64_t tokens, std::optional<Address> fresh);
  void gather(Range mine);
  Typed gathered(std::int64_t sequence, std::int64_t column) const;

  const DecodePlan& plan_;
  const Job& job_;
  const Transformer& model_;
  DecodeRings& rings_;
  Emitter& emitter_;
  std::int64_t layer_;
  Attention attention_;
  std::optional<Slot> head_norms_;  ///< Weights for q, then for k.
};

Typed DecodeAttention::gathered(std::int64_t sequence, std::int64_t column) const {
  const isa::DataType type = job_.formats.residual;
  return {in_spm(advance(plan_.buffers.qkv, sequence * model_.qkv_width() + column, type)), type};
}

void DecodeAttention::run_unit(std::int64_t unit, std::int64_t index) {
  const Unit made{unit / job_.options.batch, unit % job_.options.batch, rings_.queries.next(),
                  rings_.fresh.next()};
  if (head_norms_) norm_heads(made, unit + 1 == plan_.units[emitter_.core()].last);
  rotate(made);
  append_to_cache(made);
  const std::int64_t states = model_.group() * AttentionHead::kStateColumns;
  const AttentionHead head{rings_.outputs.next(),
                           advance(plan_.buffers.state, index % 2 * states, job_.formats.state)};
  for (std::int64_t token = 0; token <= job_.options.context; token += plan_.chunk) {
    run_chunk(made, token, head, index);
  }
}

void DecodeAttention::load_head_norms() {
  const std::int64_t elements = model_.head_norm_parameters();
  const isa::DataType type = job_.formats.residual;
  head_norms_ = rings_.vectors.next();
  emitter_.put(Role::load,
               transfer(in_spm(head_norms_->address),
                        in_dram(advance(plan_.memory.head_norms, layer_ * elements, type)),
                        {elements}, type),
               {head_norms_->free}, {head_norms_->full});
}

/// In place: each pair's queries and key are read by that pair alone.
void DecodeAttention::norm_heads(const Unit& unit, bool last) {
  emitter_.region("attn.qk_norm");
  const isa::DataType type = job_.formats.residual;
  const auto put = [&](const Typed& heads, std::int64_t count, std::int64_t weights,
                       const Events& signals) {
    const Typed weight{in_spm(advance(head_norms_->address, weights, type)), type};
    isa::Vec vec =
        binary(VecKind::rmsnorm, heads, heads, weight, count, model_.head_dim, Broadcast::row);
    vec.scalar = model_.norm_epsilon;
    emitter_.put(Role::vector, vec, {plan_.event.gathered, head_norms_->full}, signals);
  };
  put(gathered(unit.sequence, unit.head * output_width()), model_.group(), 0, {});
  put(gathered(unit.sequence, model_.q_width() + unit.head * model_.head_dim), 1, model_.head_dim,
      last ? Events{head_norms_->free} : Events{});
}

void DecodeAttention::rotate(const Unit& unit) {
  emitter_.region("attn.rope");
  const Formats& formats = job_.formats;
  const Typed table{in_spm(plan_.buffers.rope), formats.residual};
  const Typed query{in_spm(unit.query.address), formats.activation};
  const Typed key{in_spm(unit.fresh.address), formats.kv};
  const Typed value{in_spm(advance(unit.fresh.address, model_.head_dim, formats.kv)), formats.kv};
  const std::int64_t k_column = model_.q_width() + unit.head * model_.head_dim;
  const auto put = [&](const isa::Vec& vec, const Events& waits, const Events& signals) {
    emitter_.put(Role::vector, vec, waits, signals);
  };
  const bool scaled = plan_.online();
  put(binary(VecKind::rope, query, gathered(unit.sequence, unit.head * output_width()), table,
             model_.group(), model_.head_dim, Broadcast::row),
      {plan_.event.gathered, plan_.event.rotation, unit.query.free},
      scaled ? Events{} : Events{unit.query.full});
  if (scaled) {
    put(unary(VecKind::mul, query, query, model_.group(), model_.head_dim, scale()), {},
        {unit.query.full});
  }
  put(binary(VecKind::rope, key, gathered(unit.sequence, k_column), table, 1, model_.head_dim,
             Broadcast::row),
      {unit.fresh.free}, {});
  put(unary(VecKind::copy, value, gathered(unit.sequence, k_column + model_.kv_width()), 1,
            model_.head_dim),
      {}, {unit.fresh.full});
}

void DecodeAttention::append_to_cache(const Unit& unit) {
  emitter_.region("attn.kv_append");
  const isa::DataType type = job_.formats.kv;
  const std::int64_t token = job_.options.context;
  const Address key = plan_.cache.key(layer_, unit.head, unit.sequence, token);
  const Address value = plan_.cache.value(layer_, unit.head, unit.sequence, token);
  emitter_.put(Role::store,
               transfer(in_dram(key), in_spm(unit.fresh.address), {model_.head_dim}, type),
               {unit.fresh.full}, {unit.fresh.free});
  emitter_.put(Role::store,
               transfer(in_dram(value), in_spm(advance(unit.fresh.address, model_.head_dim, type)),
                        {model_.head_dim}, type),
               {unit.fresh.full}, {unit.fresh.free});
}

/// `tokens` of the cache, and behind them the new token's row if `fresh` says where it is.
const Slot& DecodeAttention::load_chunk(Address cache, std::int64_t tokens,
                                        std::optional<Address> fresh) {
  const isa::DataType type = job_.formats.kv;
  const Slot& slot = rings_.weights.next();
  if (tokens > 0) {
    emitter_.put(Role::load,
                 transfer(in_spm(slot.address), in_dram(cache), {tokens * model_.head_dim}, type),
                 {slot.free}, {slot.full});
  }
  if (fresh) {
    const Typed row{in_spm(advance(slot.address, tokens * model_.head_dim, type)), type};
    emitter_.put(Role::vector,
                 unary(VecKind::copy, row, {in_spm(*fresh), type}, 1, model_.head_dim), {slot.free},
                 {slot.full});
  }
  return slot;
}

void DecodeAttention::run_chunk(const Unit& unit, std::int64_t token, const AttentionHead& head,
                                std::int64_t index) {
  emitter_.region("attn.scores");
  const std::int64_t columns = std::min(plan_.chunk, job_.options.context + 1 - token);
  const bool last = token + columns == job_.options.context + 1;
  const std::int64_t cached = last ? columns - 1 : columns;
  const Address key = unit.fresh.address;
  const Address value = advance(key, model_.head_dim, job_.formats.kv);
  const Slot k = load_chunk(plan_.cache.key(layer_, unit.head, unit.sequence, token), cached,
                            last ? std::optional{key} : std::nullopt);
  const Slot v = load_chunk(plan_.cache.value(layer_, unit.head, unit.sequence, token), cached,
                            last ? std::optional{value} : std::nullopt);
  AttentionStep step;
  step.head = head;
  step.q = unit.query.address;
  step.k = k.address;
  step.v = v.address;
  step.rows = model_.group();
  step.columns = columns;
  step.first = token == 0;
  step.last = last;
  step.q_ready = {unit.query.full};
  step.k_ready = {k.full};
  step.v_ready = {v.full};
  if (last) step.q_done = {unit.query.free};
  step.k_done = {k.free};
  step.v_done = {v.free};
  step.out = advance(plan_.buffers.stage, index * output_width(), job_.formats.activation);
  step.out_done = {plan_.event.staged};
  attention_.step(step);
}

/// Outputs of one KV head lie one behind the other for consecutive sequences.
void DecodeAttention::gather(Range mine) {
  emitter_.region("attn.gather");
  const std::int64_t batch = job_.options.batch;
  const isa::DataType type = job_.formats.activation;
  for (std::int64_t unit = mine.first; unit < mine.last;) {
    const std::int64_t head = unit / batch, sequence = unit % batch;
    const std::int64_t rows = std::min(batch - sequence, mine.last - unit);
    const Address from = advance(plan_.buffers.stage, (unit - mine.first) * output_width(), type);
    const Address to =
        advance(plan_.buffers.heads, sequence * model_.q_width() + head * output_width(), type);
    isa::Dma dma =
        transfer(in_spm(to), in_spm(from), {rows, output_width()}, type, {model_.q_width(), 1});
    dma.multicast = other_cores(job_.cores, emitter_.core());
    emitter_.put(Role::store, dma, {plan_.event.staged}, {plan_.event.gathered});
    unit += rows;
  }
  emitter_.end_round(plan_.event.gathered);
}

}  // namespace

void run_decode_attention(const DecodePlan& plan, DecodeRings& rings, Emitter& emitter,
                          std::int64_t layer) {
  DecodeAttention{plan, rings, emitter, layer}.run();
}

}  // namespace npulse::lowering
