// SPDX-License-Identifier: Apache-2.0
#include "traces/lowering/expert_weights.h"

#include "traces/lowering/instructions.h"

namespace npulse::lowering {
namespace {

using isa::Broadcast;
using isa::VecKind;

class ExpertWeights {
 public:
  ExpertWeights(Emitter& emitter, const Experts& experts, const Formats& formats,
                const ScoredTokens& tokens)
      : emitter_{emitter},
        experts_{experts},
        type_{formats.state},
        residual_{formats.residual},
        tokens_{tokens} {}

  void put() {
    if (experts_.shared_gate) split_gate();
    rank();
    weigh();
  }

 private:
  Typed state(Address at) const { return {in_spm(at), type_}; }
  void vec(const isa::Vec& operation, const Events& waits = {}, const Events& signals = {}) {
    emitter_.put(Role::vector, operation, waits, signals);
  }
  void split_gate();
  void turn(Address to, Address from, std::int64_t rows, std::int64_t cols, const Events& waits);
  void rank();
  void weigh();
  void gather();
  void normalise();

  Emitter& emitter_;
  const Experts& experts_;
  isa::DataType type_, residual_;
  const ScoredTokens& tokens_;
};

void ExpertWeights::turn(Address to, Address from, std::int64_t rows, std::int64_t cols,
                         const Events& waits) {
  isa::Xform turn;
  turn.kind = isa::XformKind::transpose;
  turn.dst = in_spm(to);
  turn.src = in_spm(from);
  turn.shape = {rows, cols};
  turn.perm = {1, 0};
  turn.type = type_;
  emitter_.put(Role::vector, turn, waits, {});
}

/// The gate's product is the last column of the router's: turned, it lies by itself.
void ExpertWeights::split_gate() {
  emitter_.region("moe.gate");
  const ScoreBuffers& at = tokens_.at;
  turn(at.turned, at.scores, tokens_.count, experts_.router_width(), tokens_.ready);
  turn(at.scores, at.turned, experts_.count, tokens_.count, {});
  const Typed product = state(advance(at.turned, experts_.count * tokens_.count, type_));
  vec(unary(VecKind::sigmoid, state(at.gate), product, tokens_.count, 1));
}

/// The cost of top-k: for each pick a pass that finds the maxima and one that takes them out (a
/// subtraction stands for it). Who is picked was settled before, and comes as a table.
void ExpertWeights::rank() {
  emitter_.region("moe.top_k");
  const Typed scores = state(tokens_.at.scores), ranked = state(tokens_.at.ranked);
  const Typed top = state(tokens_.at.top);
  const std::int64_t rows = tokens_.count, count = experts_.count;
  if (experts_.score == RouterScore::sigmoid)
    vec(unary(VecKind::sigmoid, scores, scores, rows, count), tokens_.ready);
  if (const auto& bias = tokens_.bias) {
    Events waits = tokens_.ready;
    waits.push_back(bias->full);
    vec(binary(VecKind::add, ranked, scores, {in_spm(bias->address), residual_}, rows, count,
               Broadcast::row),
        waits, {bias->free});
  } else {
    vec(unary(VecKind::copy, ranked, scores, rows, count), tokens_.ready);
  }
  for (std::int64_t pick = 0; pick < experts_.per_token; ++pick) {
    vec(unary(VecKind::reduce_max, top, ranked, rows, count));
    vec(binary(VecKind::sub, ranked, ranked, top, rows, count, Broadcast::column));
  }
}

void ExpertWeights::weigh() {
  emitter_.region("moe.weights");
  const Typed scores = state(tokens_.at.scores), weights = state(tokens_.at.weights);
  const std::int64_t rows = tokens_.count, picked = experts_.per_token;
  const bool softmax = experts_.score == RouterScore::softmax;
  if (softmax && !experts_.normalised)
    vec(unary(VecKind::softmax, scores, scores, rows, experts_.count));
  gather();
  if (softmax && experts_.normalised) {
    vec(unary(VecKind::softmax, weights, weights, rows, picked));
  } else if (experts_.normalised) {
    normalise();
  }
  if (experts_.scale != 1) vec(unary(VecKind::mul, weights, weights, rows, picked, experts_.scale));
}

void ExpertWeights::gather() {
  isa::Xform gather;
  gather.kind = isa::XformKind::gather;
  gather.dst = in_spm(tokens_.at.weights);
  gather.src = in_spm(tokens_.at.scores);
  gather.index = in_spm(tokens_.picks.address);
  gather.indices = tokens_.count * experts_.per_token;
  gather.shape = {tokens_.count * experts_.count};
  gather.type = type_;
  Events signals = tokens_.done;
  signals.push_back(tokens_.picks.free);
  emitter_.put(Role::vector, gather, {tokens_.picks.full}, signals);
}

void ExpertWeights::normalise() {
  const Typed sums = state(tokens_.at.sums), weights = state(tokens_.at.weights);
  const std::int64_t rows = tokens_.count, picked = experts_.per_token;
  vec(unary(VecKind::reduce_sum, sums, weights, rows, picked));
  vec(unary(VecKind::reciprocal, sums, sums, rows, 1));
  vec(binary(VecKind::mul, weights, weights, sums, rows, picked, Broadcast::column));
}

}  // namespace

void put_expert_weights(Emitter& emitter, const Experts& experts, const Formats& formats,
                        const ScoredTokens& tokens) {
  ExpertWeights{emitter, experts, formats, tokens}.put();
}

}  // namespace npulse::lowering
