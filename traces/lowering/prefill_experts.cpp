// SPDX-License-Identifier: Apache-2.0
#include "traces/lowering/prefill_experts.h"

#include <algorithm>
#include <numeric>

namespace npulse::lowering {
namespace {

using isa::Broadcast;
using isa::VecKind;

std::vector<std::int64_t> tokens_of(const Visit& visit) {
  std::vector<std::int64_t> tokens;
  for (const Seat& seat : visit.seats) tokens.push_back(seat.token);
  return tokens;
}

class PrefillExperts {
 public:
  PrefillExperts(const PrefillPlan& plan, PrefillLinear& linear, PrefillRings& rings,
                 Emitter& emitter, std::int64_t layer)
      : plan_{plan},
        job_{plan.job},
        experts_{*job_.model.experts},
        linear_{linear},
        rings_{rings},
        emitter_{emitter},
        copy_{job_.routed_before(layer)},
        routing_{plan.routings[static_cast<std::size_t>(layer)]},
        buffers_{plan.combine} {}

  void run() {
    linear_.plain(Matrix::router, copy_, plan_.memory.scores, job_.formats.state);
    widen();
    narrow();
    combine();
  }

 private:
  /// Tokens of a block, their residual stream and what is known of their experts.
  struct Block {
    Range rows;
    Slot x;
  };

  void widen();
  void narrow();
  void combine();
  void weigh(Range rows, const std::optional<Slot>& bias);
  void turn(std::int64_t rows);
  void add_rank(const Block& block, std::int64_t rank);
  Slot load(Ring& ring, Address from, std::int64_t elements, isa::DataType type);
  std::optional<Slot> load_bias();
  bool has_shared() const { return experts_.shared_ffn > 0; }
  std::int64_t ranks() const { return experts_.per_token + (has_shared() ? 1 : 0); }
  std::int64_t expert_copy(const Visit& visit) const {
    return copy_ * experts_.count + visit.expert;
  }
  Typed state(Address at) const { return {in_spm(at), job_.formats.state}; }
  void vec(const isa::Vec& operation, const Events& waits = {}, const Events& signals = {}) {
    emitter_.put(Role::vector, operation, waits, signals);
  }

  const PrefillPlan& plan_;
  const Job& job_;
  const Experts& experts_;
  PrefillLinear& linear_;
  PrefillRings& rings_;
  Emitter& emitter_;
  std::int64_t copy_;  ///< Of the layers that have experts.
  const Routing& routing_;
  CombineBuffers buffers_;
};

/// Visitors' gated activations lie one expert behind the other.
void PrefillExperts::widen() {
  const PrefillMemory& memory = plan_.memory;
  linear_.begin(Matrix::expert_gate_up);
  for (const Visit& visit : routing_) {
    linear_.gate_up(Matrix::expert_gate_up, expert_copy(visit),
                    {memory.normed, visit.count(), tokens_of(visit)},
                    advance(memory.gated, visit.before * experts_.ffn, job_.formats.activation));
  }
  emitter_.end_round(plan_.stored);
  if (!has_shared()) return;
  linear_.begin(Matrix::shared_gate_up);
  linear_.gate_up(Matrix::shared_gate_up, copy_, {memory.normed, plan_.rows()},
                  memory.shared_gated);
  emitter_.end_round(plan_.stored);
}

/// What an expert gives goes to its rank among the token's.
void PrefillExperts::narrow() {
  const PrefillMemory& memory = plan_.memory;
  linear_.begin(Matrix::expert_down);
  for (const Visit& visit : routing_) {
    std::vector<std::int64_t> places;
    for (const Seat& seat : visit.seats) places.push_back(seat.rank * plan_.rows() + seat.token);
    const Address from =
        advance(memory.gated, visit.before * experts_.ffn, job_.formats.activation);
    linear_.project(Matrix::expert_down, expert_copy(visit), {from, visit.count()}, memory.outputs,
                    places);
  }
  emitter_.end_round(plan_.stored);
  if (!has_shared()) return;
  std::vector<std::int64_t> places(static_cast<std::size_t>(plan_.rows()));
  std::iota(places.begin(), places.end(), experts_.per_token * plan_.rows());
  linear_.begin(Matrix::shared_down);
  linear_.project(Matrix::shared_down, copy_, {memory.shared_gated, plan_.rows()}, memory.outputs,
                  places);
  emitter_.end_round(plan_.stored);
}

Slot PrefillExperts::load(Ring& ring, Address from, std::int64_t elements, isa::DataType type) {
  const Slot slot = ring.next();
  emitter_.put(Role::activation, transfer(in_spm(slot.address), in_dram(from), {elements}, type),
               {slot.free, plan_.stored}, {slot.full});
  return slot;
}

std::optional<Slot> PrefillExperts::load_bias() {
  if (!experts_.score_bias) return std::nullopt;
  const Slot slot = rings_.vectors.next();
  const isa::DataType type = job_.formats.residual;
  const Address from = advance(plan_.memory.score_biases, copy_ * experts_.count, type);
  emitter_.put(Role::load, transfer(in_spm(slot.address), in_dram(from), {experts_.count}, type),
               {slot.free}, {slot.full});
  return slot;
}

/// Leaves weights of a block's tokens in buffers_.score.weights.
void PrefillExperts::weigh(Range rows, const std::optional<Slot>& bias) {
  const isa::DataType index = isa::DataType::i32;
  const std::int64_t picked = experts_.per_token;
  const Slot scores =
      load(buffers_.scores,
           advance(plan_.memory.scores, rows.first * experts_.router_width(), job_.formats.state),
           rows.size() * experts_.router_width(), job_.formats.state);
  const std::int64_t before = (copy_ * plan_.rows() + rows.first) * picked;
  const Slot picks =
      load(buffers_.picks, advance(plan_.memory.picks, before, index), rows.size() * picked, index);
  ScoredTokens tokens{buffers_.score, rows.size(), {scores.full}, {scores.free}, bias, picks};
  tokens.at.scores = scores.address;
  put_expert_weights(emitter_, experts_, job_.formats, tokens);
}

/// [token, rank] becomes [rank, token].
void PrefillExperts::turn(std::int64_t rows) {
  isa::Xform turn;
  turn.kind = isa::XformKind::transpose;
  turn.dst = in_spm(buffers_.turned);
  turn.src = in_spm(buffers_.score.weights);
  turn.shape = {rows, experts_.per_token};
  turn.perm = {1, 0};
  turn.type = job_.formats.state;
  emitter_.put(Role::vector, turn, {}, {});
}

/// The last rank brings the sum into the residual stream.
void PrefillExperts::add_rank(const Block& block, std::int64_t rank) {
  const isa::DataType type = job_.formats.residual;
  const std::int64_t width = job_.model.hidden, rows = block.rows.size();
  const Address from =
      advance(plan_.memory.outputs, (rank * plan_.rows() + block.rows.first) * width, type);
  const Slot slot = load(buffers_.outputs, from, rows * width, type);
  const Typed given{in_spm(slot.address), type}, sum = state(buffers_.sum);
  const bool shared = rank == experts_.per_token;
  const Typed weight = state(shared ? buffers_.score.gate
                                    : advance(buffers_.turned, rank * rows, job_.formats.state));
  const bool weighed = !shared || experts_.shared_gate;
  const Typed product = weighed && rank > 0 ? state(buffers_.product) : sum;
  if (weighed) {
    vec(binary(VecKind::mul, product, given, weight, rows, width, Broadcast::column), {slot.full},
        {slot.free});
  }
  if (rank > 0) {
    const Typed addend = weighed ? product : given;
    vec(binary(VecKind::add, sum, sum, addend, rows, width), weighed ? Events{} : Events{slot.full},
        weighed ? Events{} : Events{slot.free});
  }
  if (rank + 1 < ranks()) return;
  const Typed x{in_spm(block.x.address), type};
  vec(binary(VecKind::add, x, x, sum, rows, width), {block.x.full}, {block.x.full});
}

void PrefillExperts::combine() {
  emitter_.region("moe.combine");
  const isa::DataType type = job_.formats.residual;
  const std::int64_t width = job_.model.hidden,
                     blocks = ceil_div(plan_.rows(), buffers_.block_rows);
  std::optional<Slot> bias;
  for (std::int64_t i = emitter_.core(); i < blocks; i += job_.cores) {
    if (!bias) bias = load_bias();
    const Range rows = tile_of({0, plan_.rows()}, buffers_.block_rows, i);
    weigh(rows, bias);
    turn(rows.size());
    emitter_.region("moe.combine");
    const Address at = advance(plan_.memory.x, rows.first * width, type);
    const Block block{rows, load(buffers_.x, at, rows.size() * width, type)};
    for (std::int64_t rank = 0; rank < ranks(); ++rank) add_rank(block, rank);
    emitter_.put(Role::store,
                 transfer(in_dram(at), in_spm(block.x.address), {rows.size() * width}, type),
                 {block.x.full}, {block.x.free, plan_.stored});
  }
  emitter_.end_round(plan_.stored);
}

}  // namespace

void run_prefill_experts(const PrefillPlan& plan, PrefillLinear& linear, PrefillRings& rings,
                         Emitter& emitter, std::int64_t layer) {
  PrefillExperts{plan, linear, rings, emitter, layer}.run();
}

}  // namespace npulse::lowering
