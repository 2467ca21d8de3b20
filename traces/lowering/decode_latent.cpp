// SPDX-License-Identifier: Apache-2.0
#include "traces/lowering/decode_latent.h"

#include <cmath>

#include "traces/lowering/attention.h"
#include "traces/lowering/gather.h"

namespace npulse::lowering {
namespace {

using isa::Broadcast;
using isa::VecKind;

class DecodeLatent {
 public:
  DecodeLatent(DecodeStep& step, std::int64_t layer)
      : step_{step},
        plan_{step.plan()},
        job_{step.job()},
        latent_{*job_.model.latent},
        buffers_{plan_.latent},
        emitter_{step.emitter()},
        batch_{job_.options.batch},
        layer_{layer},
        attention_{emitter_,
                   job_.formats,
                   {latent_.kv_rank,
                    latent_.kv_rank,
                    plan_.online() ? 1 : scale(),
                    plan_.online(),
                    step.rings.scores,
                    step.rings.probabilities,
                    latent_.rope_dim,
                    {},
                    {}}} {}

  void run() {
    compress();
    project_queries();
    attend();
    expand_values();
  }

 private:
  /// A sequence and a group of query heads, and what was made ready for it.
  struct Unit {
    std::int64_t group, sequence;
    Slot fresh;
  };

  double scale() const {
    return 1 / std::sqrt(static_cast<double>(latent_.nope_dim + latent_.rope_dim));
  }
  Address norm_weights(std::int64_t before) const {
    return advance(plan_.memory.latent_norms, layer_ * latent_.norm_width() + before,
                   job_.formats.residual);
  }
  Address stage(std::int64_t elements, isa::DataType type) const {
    return advance(plan_.buffers.stage, elements, type);
  }
  /// Columns of this core.
  std::int64_t share(Matrix which) const {
    return plan_.matrix(which).columns(emitter_.core()).size();
  }
  void vec(const isa::Vec& operation, const Events& waits, const Events& signals) {
    emitter_.put(Role::vector, operation, waits, signals);
  }

  void compress();
  void down(Matrix which, Address stage);
  Rows compressed_queries();
  void project_queries();
  void rotate_queries(const Rows& queries, Address stage);
  void absorb(Address stage);
  void attend();
  void run_unit(std::int64_t index, std::int64_t unit, const Slot& norm);
  void make_fresh(const Unit& unit, const Slot& norm, bool last);
  void append_to_cache(const Unit& unit);
  void run_chunk(const Unit& unit, Range tokens, const AttentionHead& head, std::int64_t index);
  Slot load_chunk(const Unit& unit, Range tokens);
  void expand_values();

  DecodeStep& step_;
  const DecodePlan& plan_;
  const Job& job_;
  const LatentAttention& latent_;
  const LatentBuffers& buffers_;
  Emitter& emitter_;
  std::int64_t batch_, layer_;
  Attention attention_;
};

void DecodeLatent::down(Matrix which, Address stage) {
  step_.linear(which, layer_, {plan_.buffers.normed, batch_, {plan_.event.normed}},
               [&](const Result& r) {
                 const Typed to = step_.residual(advance(stage, r.before, job_.formats.residual));
                 step_.take(r, unary(VecKind::copy, to, step_.result(r), r.rows, r.width()), {},
                            {plan_.event.staged});
               });
}

/// Both down-projections, gathered in one round.
void DecodeLatent::compress() {
  const isa::DataType type = job_.formats.residual;
  const Address q = stage(0, type), kv = stage(batch_ * share(Matrix::q_down), type);
  if (latent_.q_rank) down(Matrix::q_down, q);
  down(Matrix::kv_down, kv);
  emitter_.region("attn.gather");
  if (latent_.q_rank) step_.gather(Matrix::q_down, q, batch_, buffers_.q_down, type);
  step_.gather(Matrix::kv_down, kv, batch_, buffers_.kv_down, type);
  step_.end_round();
}

/// What the up-projections of queries start from.
Rows DecodeLatent::compressed_queries() {
  if (!latent_.q_rank) return {plan_.buffers.normed, batch_, {plan_.event.normed}};
  emitter_.region("attn.q_norm");
  const Slot& weights = step_.load_vector(norm_weights(0), *latent_.q_rank);
  step_.rmsnorm(step_.activation(buffers_.q_normed), step_.residual(buffers_.q_down), weights,
                batch_, *latent_.q_rank, {plan_.event.gathered},
                {weights.free, plan_.event.projected});
  return {buffers_.q_normed, batch_, {plan_.event.projected}};
}

void DecodeLatent::project_queries() {
  const isa::DataType type = job_.formats.activation;
  const Rows queries = compressed_queries();
  const Address latent = stage(0, type), rotated = stage(batch_ * share(Matrix::k_up), type);
  step_.linear(Matrix::q_nope, layer_, queries, [&](const Result& r) {
    const Typed to = step_.activation(advance(buffers_.q_nope, r.before, type));
    step_.take(r, unary(VecKind::copy, to, step_.result(r), r.rows, r.width()),
               {plan_.event.gathered}, {plan_.event.projected});
  });
  rotate_queries(queries, rotated);
  absorb(latent);
  emitter_.region("attn.gather");
  step_.gather(Matrix::k_up, latent, batch_, buffers_.q_latent, type);
  step_.gather(Matrix::q_rope, rotated, batch_, buffers_.q_rope, type);
  step_.end_round();
}

void DecodeLatent::rotate_queries(const Rows& queries, Address stage) {
  const Typed table = step_.residual(plan_.buffers.rope);
  step_.linear(Matrix::q_rope, layer_, queries, [&](const Result& r) {
    const Typed to = step_.activation(advance(stage, r.before, job_.formats.activation));
    const Events done{plan_.event.staged};
    step_.take(r,
               binary(VecKind::rope, to, step_.result(r), table, r.rows, r.width(), Broadcast::row),
               {plan_.event.rotation, plan_.event.gathered}, plan_.online() ? Events{} : done);
    if (plan_.online()) vec(unary(VecKind::mul, to, to, r.rows, r.width(), scale()), {}, done);
  });
}

void DecodeLatent::absorb(Address stage) {
  const std::int64_t per_head = batch_ * latent_.nope_dim;
  step_.linear(
      Matrix::k_up, layer_, {buffers_.q_nope, batch_, {plan_.event.projected}, per_head},
      [&](const Result& r) {
        const Typed to = step_.activation(advance(stage, r.before, job_.formats.activation));
        const Typed from = step_.result(r);
        step_.take(r,
                   plan_.online() ? unary(VecKind::mul, to, from, r.rows, r.width(), scale())
                                  : unary(VecKind::copy, to, from, r.rows, r.width()),
                   {}, {plan_.event.staged});
      });
}

void DecodeLatent::attend() {
  const Range mine = plan_.units[emitter_.core()];
  const isa::DataType type = job_.formats.activation;
  if (mine.size() > 0) {
    emitter_.region("attn.kv_norm");
    const Slot norm =
        step_.load_vector(norm_weights(latent_.norm_width() - latent_.kv_rank), latent_.kv_rank);
    for (std::int64_t i = 0; i < mine.size(); ++i) run_unit(i, mine.first + i, norm);
    attention_.drain();
  }
  emitter_.region("attn.gather");
  const std::int64_t rows = plan_.unit.rows, width = latent_.kv_rank;
  for (std::int64_t unit = mine.first; unit < mine.last; ++unit) {
    const std::int64_t row = unit / batch_ * rows * batch_ + unit % batch_;
    isa::Dma dma = transfer(in_spm(advance(buffers_.output, row * width, type)),
                            in_spm(stage((unit - mine.first) * rows * width, type)), {rows, width},
                            type, {batch_ * width, 1});
    dma.multicast = other_cores(job_.cores, emitter_.core());
    emitter_.put(Role::store, dma, {plan_.event.staged}, {plan_.event.gathered});
  }
  step_.end_round();
}

void DecodeLatent::run_unit(std::int64_t index, std::int64_t unit, const Slot& norm) {
  const Unit made{unit / batch_, unit % batch_, step_.rings.fresh.next()};
  make_fresh(made, norm, unit + 1 == plan_.units[emitter_.core()].last);
  if (made.group == 0) append_to_cache(made);
  const std::int64_t states = plan_.unit.rows * AttentionHead::kStateColumns;
  const AttentionHead head{step_.rings.outputs.next(),
                           advance(plan_.buffers.state, index % 2 * states, job_.formats.state)};
  const Range all{0, job_.options.context + 1};
  for (std::int64_t i = 0; i < ceil_div(all.size(), plan_.chunk); ++i)
    run_chunk(made, tile_of(all, plan_.chunk, i), head, index);
}

/// The new token's latent vector and rotated key.
void DecodeLatent::make_fresh(const Unit& unit, const Slot& norm, bool last) {
  emitter_.region("attn.kv_norm");
  const isa::DataType type = job_.formats.kv;
  const std::int64_t width = latent_.kv_rank + latent_.rope_dim;
  const auto gathered = [&](std::int64_t column) {
    return step_.residual(
        advance(buffers_.kv_down, unit.sequence * width + column, job_.formats.residual));
  };
  const Typed key{in_spm(unit.fresh.address), type};
  const Typed rope{in_spm(advance(unit.fresh.address, latent_.kv_rank, type)), type};
  step_.rmsnorm(key, gathered(0), norm, 1, latent_.kv_rank, {plan_.event.gathered, unit.fresh.free},
                last ? Events{norm.free} : Events{});
  vec(binary(VecKind::rope, rope, gathered(latent_.kv_rank), step_.residual(plan_.buffers.rope), 1,
             latent_.rope_dim, Broadcast::row),
      {plan_.event.rotation}, {unit.fresh.full});
}

void DecodeLatent::append_to_cache(const Unit& unit) {
  emitter_.region("attn.kv_append");
  const isa::DataType type = job_.formats.kv;
  const std::int64_t token = job_.options.context;
  const auto store = [&](Address to, std::int64_t before, std::int64_t width) {
    emitter_.put(
        Role::store,
        transfer(in_dram(to), in_spm(advance(unit.fresh.address, before, type)), {width}, type),
        {unit.fresh.full}, {unit.fresh.free});
  };
  store(plan_.cache.key(layer_, 0, unit.sequence, token), 0, latent_.kv_rank);
  store(plan_.cache.value(layer_, 0, unit.sequence, token), latent_.kv_rank, latent_.rope_dim);
}

/// Latent vectors of the tokens, and behind them their rotated keys; the new token's come from the
/// core itself.
Slot DecodeLatent::load_chunk(const Unit& unit, Range tokens) {
  const isa::DataType type = job_.formats.kv;
  const Slot& slot = step_.rings.weights.next();
  const bool last = tokens.last == job_.options.context + 1;
  const std::int64_t cached = tokens.size() - (last ? 1 : 0);
  const auto part = [&](Address to, Address from, Address fresh, std::int64_t width) {
    if (cached > 0) {
      emitter_.put(Role::load, transfer(in_spm(to), in_dram(from), {cached * width}, type),
                   {slot.free}, {slot.full});
    }
    if (!last) return;
    const Typed row{in_spm(advance(to, cached * width, type)), type};
    vec(unary(VecKind::copy, row, {in_spm(fresh), type}, 1, width), {slot.free}, {slot.full});
  };
  const Address fresh = unit.fresh.address;
  part(slot.address, plan_.cache.key(layer_, 0, unit.sequence, tokens.first), fresh,
       latent_.kv_rank);
  part(advance(slot.address, tokens.size() * latent_.kv_rank, type),
       plan_.cache.value(layer_, 0, unit.sequence, tokens.first),
       advance(fresh, latent_.kv_rank, type), latent_.rope_dim);
  return slot;
}

void DecodeLatent::run_chunk(const Unit& unit, Range tokens, const AttentionHead& head,
                             std::int64_t index) {
  emitter_.region("attn.scores");
  const isa::DataType type = job_.formats.activation;
  const Slot slot = load_chunk(unit, tokens);
  const std::int64_t row = unit.sequence * job_.model.heads + unit.group * plan_.unit.rows;
  AttentionStep step;
  step.head = head;
  step.q = advance(buffers_.q_latent, row * latent_.kv_rank, type);
  step.q_rope = advance(buffers_.q_rope, row * latent_.rope_dim, type);
  step.k = step.v = slot.address;
  step.k_rope = advance(slot.address, tokens.size() * latent_.kv_rank, job_.formats.kv);
  step.rows = plan_.unit.rows;
  step.columns = tokens.size();
  step.first = tokens.first == 0;
  step.last = tokens.last == job_.options.context + 1;
  step.q_ready = {plan_.event.gathered};
  step.k_ready = {slot.full};
  step.v_done = {slot.free};
  step.out = stage(index * plan_.unit.rows * latent_.kv_rank, type);
  step.out_done = {plan_.event.staged};
  attention_.step(step);
}

void DecodeLatent::expand_values() {
  const isa::DataType type = job_.formats.activation;
  const Range columns = plan_.matrix(Matrix::v_up).columns(emitter_.core());
  const std::int64_t per_head = batch_ * latent_.kv_rank;
  const std::int64_t head = columns.first / latent_.value_dim;
  step_.linear(
      Matrix::v_up, layer_,
      {advance(buffers_.output, head * per_head, type), batch_, {plan_.event.gathered}, per_head},
      [&](const Result& r) {
        const Typed to = step_.activation(stage(r.before, type));
        step_.take(r, unary(VecKind::copy, to, step_.result(r), r.rows, r.width()), {},
                   {plan_.event.staged});
      });
  step_.gather(Matrix::v_up, plan_.buffers.stage, batch_, plan_.buffers.heads, type);
  step_.end_round();
}

}  // namespace

void run_decode_latent(DecodeStep& step, std::int64_t layer) {
  DecodeLatent{step, layer}.run();
}

}  // namespace npulse::lowering
