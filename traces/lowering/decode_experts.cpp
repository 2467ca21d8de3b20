// SPDX-License-Identifier: Apache-2.0
#include "traces/lowering/decode_experts.h"

namespace npulse::lowering {
namespace {

using isa::Broadcast;
using isa::VecKind;

class DecodeExperts {
 public:
  DecodeExperts(DecodeStep& step, std::int64_t layer)
      : step_{step},
        plan_{step.plan()},
        job_{step.job()},
        experts_{*job_.model.experts},
        buffers_{plan_.experts},
        emitter_{step.emitter()},
        batch_{job_.options.batch},
        seats_{batch_ * experts_.per_token},
        copy_{job_.routed_before(layer)},
        routing_{plan_.routings[static_cast<std::size_t>(layer)]} {}

  void run() {
    score();
    weigh();
    widen();
    narrow();
    add_up();
  }

 private:
  void score();
  void weigh();
  void widen();
  void narrow();
  void add_up();
  Rows visitors(const Visit& visit);
  void store_output(const Result& r, const Visit& visit);
  Typed output(const Result& r, std::int64_t rank, std::int64_t token) const;
  std::int64_t expert_copy(const Visit& visit) const {
    return copy_ * experts_.count + visit.expert;
  }
  bool has_shared() const { return experts_.shared_ffn > 0; }
  std::int64_t ranks() const { return experts_.per_token + (has_shared() ? 1 : 0); }
  Address gated(std::int64_t seats) const {
    return advance(plan_.buffers.gated, seats * experts_.ffn, job_.formats.activation);
  }
  void vec(const isa::Vec& operation, const Events& waits = {}, const Events& signals = {}) {
    emitter_.put(Role::vector, operation, waits, signals);
  }

  DecodeStep& step_;
  const DecodePlan& plan_;
  const Job& job_;
  const Experts& experts_;
  const ExpertBuffers& buffers_;
  Emitter& emitter_;
  std::int64_t batch_, seats_;
  std::int64_t copy_;  ///< Of the layers that have experts.
  const Routing& routing_;
};

/// The router's products, on every core.
void DecodeExperts::score() {
  const isa::DataType type = job_.formats.state;
  const Address stage = plan_.buffers.stage;
  step_.linear(Matrix::router, copy_, {plan_.buffers.normed, batch_, {plan_.event.normed}},
               [&](const Result& r) {
                 const Typed to = step_.state(advance(stage, r.before, type));
                 step_.take(r, unary(VecKind::copy, to, step_.result(r), r.rows, r.width()), {},
                            {plan_.event.staged});
               });
  step_.gather(Matrix::router, stage, batch_, buffers_.score.scores, type);
  step_.end_round();
}

/// weights[token, rank], on every core.
void DecodeExperts::weigh() {
  const isa::DataType index = isa::DataType::i32;
  ScoredTokens tokens{buffers_.score, batch_, {plan_.event.gathered}, {}, {}, {}};
  emitter_.region("moe.top_k");
  if (experts_.score_bias) {
    tokens.bias = step_.load_vector(
        advance(plan_.memory.score_biases, copy_ * experts_.count, job_.formats.residual),
        experts_.count);
  }
  tokens.picks = step_.rings.picks.next();
  emitter_.put(
      Role::load,
      transfer(in_spm(tokens.picks.address),
               in_dram(advance(plan_.memory.picks, copy_ * seats_, index)), {seats_}, index),
      {tokens.picks.free}, {tokens.picks.full});
  put_expert_weights(emitter_, experts_, job_.formats, tokens);
}

/// Normed rows of those who visit, one behind the other: where they lie already, or copied there.
Rows DecodeExperts::visitors(const Visit& visit) {
  const std::int64_t hidden = job_.model.hidden;
  const auto row = [&](Address base, std::int64_t i) {
    return step_.activation(advance(base, i * hidden, job_.formats.activation));
  };
  const Address normed = plan_.buffers.normed;
  if (visit.adjacent()) {
    const Typed first = row(normed, visit.seats.front().token);
    return {first.at.address, visit.count(), {plan_.event.normed}};
  }
  const Slot& slot = step_.rings.visitors.next();
  for (std::int64_t i = 0; i < visit.count(); ++i) {
    const Typed from = row(normed, visit.seats[static_cast<std::size_t>(i)].token);
    vec(unary(VecKind::copy, row(slot.address, i), from, 1, hidden), {slot.free}, {slot.full});
  }
  return {slot.address, visit.count(), {slot.full}, 0, {slot.free}};
}

/// Gate and up of every expert visited, then of the shared ones for all tokens.
void DecodeExperts::widen() {
  const isa::DataType type = job_.formats.activation;
  const Linear& matrix = plan_.matrix(Matrix::expert_gate_up);
  const std::int64_t share = matrix.columns(emitter_.core()).size();
  const auto stage = [&](std::int64_t seats) {
    return advance(plan_.buffers.stage, seats * share, type);
  };
  for (const Visit& visit : routing_) {
    if (share == 0) continue;
    emitter_.region("moe.gate_up");
    step_.gate_up(Matrix::expert_gate_up, expert_copy(visit), visitors(visit), stage(visit.before));
  }
  if (has_shared()) {
    step_.gate_up(Matrix::shared_gate_up, copy_,
                  {plan_.buffers.normed, batch_, {plan_.event.normed}}, stage(seats_));
  }
  emitter_.region("moe.gather");
  if (share <= matrix.width()) {
    step_.gather(Matrix::expert_gate_up, stage(0), seats_, gated(0), type);
  } else {
    for (const Visit& visit : routing_) {
      step_.gather(Matrix::expert_gate_up, stage(visit.before), visit.count(), gated(visit.before),
                   type);
    }
  }
  if (has_shared())
    step_.gather(Matrix::shared_gate_up, stage(seats_), batch_, gated(seats_), type);
  step_.end_round();
}

/// A token's row of a tile, in the order of stage: tile by tile.
Typed DecodeExperts::output(const Result& r, std::int64_t rank, std::int64_t token) const {
  const std::int64_t first =
      r.columns.first - plan_.matrix(Matrix::expert_down).columns(emitter_.core()).first;
  const std::int64_t at = first * ranks() * batch_ + (rank * batch_ + token) * r.width();
  return step_.state(advance(buffers_.outputs, at, job_.formats.state));
}

void DecodeExperts::store_output(const Result& r, const Visit& visit) {
  for (std::int64_t i = 0; i < r.rows; ++i) {
    const Seat& seat = visit.seats[static_cast<std::size_t>(r.row + i)];
    const Typed x{in_acc(advance(r.c.address, i * r.width(), job_.formats.accumulator)),
                  job_.formats.accumulator};
    const Typed weight = step_.state(advance(
        buffers_.score.weights, seat.token * experts_.per_token + seat.rank, job_.formats.state));
    vec(binary(VecKind::mul, output(r, seat.rank, seat.token), x, weight, 1, r.width(),
               Broadcast::column),
        {r.c.full}, i + 1 == r.rows ? Events{r.c.free} : Events{});
  }
}

void DecodeExperts::narrow() {
  for (const Visit& visit : routing_) {
    step_.linear(Matrix::expert_down, expert_copy(visit),
                 {gated(visit.before), visit.count(), {plan_.event.gathered}},
                 [&](const Result& r) { store_output(r, visit); });
  }
  if (!has_shared()) return;
  step_.linear(Matrix::shared_down, copy_, {gated(seats_), batch_, {plan_.event.gathered}},
               [&](const Result& r) {
                 const Typed to = output(r, experts_.per_token, r.row);
                 isa::Vec take = unary(VecKind::copy, to, step_.result(r), r.rows, r.width());
                 if (experts_.shared_gate) {
                   take =
                       binary(VecKind::mul, to, step_.result(r),
                              step_.state(advance(buffers_.score.gate, r.row, job_.formats.state)),
                              r.rows, r.width(), Broadcast::column);
                 }
                 step_.take(r, take, {}, {});
               });
}

/// Sums the ranks of every tile in the first of them, the last sum goes on its way.
void DecodeExperts::add_up() {
  emitter_.region("moe.combine");
  const Linear& matrix = plan_.matrix(Matrix::expert_down);
  const Range share = matrix.columns(emitter_.core());
  const isa::DataType type = job_.formats.residual;
  for (std::int64_t i = 0; i < matrix.tiles(emitter_.core()); ++i) {
    Result tile;
    tile.columns = matrix.tile(emitter_.core(), i);
    const Typed sum = output(tile, 0, 0);
    const std::int64_t before = (tile.columns.first - share.first) * batch_;
    const Typed staged = step_.residual(advance(plan_.buffers.stage, before, type));
    if (ranks() == 1)
      vec(unary(VecKind::copy, staged, sum, batch_, tile.width()), {}, {plan_.event.staged});
    for (std::int64_t rank = 1; rank < ranks(); ++rank) {
      const bool last = rank + 1 == ranks();
      vec(binary(VecKind::add, last ? staged : sum, sum, output(tile, rank, 0), batch_,
                 tile.width()),
          {}, last ? Events{plan_.event.staged} : Events{});
    }
  }
  step_.gather(Matrix::expert_down, plan_.buffers.stage, batch_, plan_.buffers.y, type);
  step_.end_round();
}

}  // namespace

void run_decode_experts(DecodeStep& step, std::int64_t layer) {
  DecodeExperts{step, layer}.run();
}

}  // namespace npulse::lowering
