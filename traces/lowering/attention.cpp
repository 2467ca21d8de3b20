// SPDX-License-Identifier: Apache-2.0
#include "traces/lowering/attention.h"

#include <utility>

#include "traces/lowering/instructions.h"

namespace npulse::lowering {
namespace {

using isa::Broadcast;
using isa::VecKind;

// Columns of a head's state.
constexpr std::int64_t kMaximum = 0, kSum = 1, kCorrection = 2, kScratch = 3;

}  // namespace

isa::Operand Attention::state(const AttentionStep& step, std::int64_t column) const {
  return in_spm(advance(step.head.state, column * step.rows, formats_.state));
}

void Attention::step(const AttentionStep& step) {
  const Slot scores = setup_.scores.next();
  const Slot p = setup_.probabilities.next();
  multiply_scores(step, scores);
  const auto before = std::exchange(in_flight_, std::nullopt);
  if (before) multiply_values(*before);
  emitter_.region(setup_.regions.softmax);
  if (setup_.mask) mask(step, scores);
  if (setup_.online) {
    online_softmax(step, scores, p);
  } else {
    softmax(step, scores, p);
  }
  if (before && before->step.last) finish(before->step);
  in_flight_ = InFlight{step, p};
}

void Attention::drain() {
  const auto last = std::exchange(in_flight_, std::nullopt);
  if (!last) return;
  multiply_values(*last);
  if (last->step.last) finish(last->step);
}

isa::Mm Attention::score_product(const AttentionStep& step, const Slot& scores) const {
  isa::Mm mm;
  mm.a = in_spm(step.q);
  mm.b = in_spm(step.k);
  mm.c = in_acc(scores.address);
  mm.m = step.rows;
  mm.n = step.columns;
  mm.k = setup_.head_dim;
  mm.a_type = formats_.activation;
  mm.b_type = formats_.kv;
  mm.c_type = formats_.score;
  mm.b_transposed = true;
  return mm;
}

void Attention::multiply_scores(const AttentionStep& step, const Slot& scores) {
  emitter_.region(setup_.regions.scores);
  isa::Mm mm = score_product(step, scores);
  Events waits = step.q_ready;
  waits.insert(waits.end(), step.k_ready.begin(), step.k_ready.end());
  waits.push_back(scores.free);
  if (setup_.rope_dim > 0) {
    emitter_.put(Role::matrix, mm, waits, {});
    mm.a = in_spm(step.q_rope);
    mm.b = in_spm(step.k_rope);
    mm.k = setup_.rope_dim;
    mm.accumulate = true;
  }
  Events signals = step.q_done;
  signals.insert(signals.end(), step.k_done.begin(), step.k_done.end());
  signals.push_back(scores.full);
  emitter_.put(Role::matrix, mm, waits, signals);
}

/// Scales the scores and adds the mask. One of zeros and ones first becomes one of zeros and
/// numbers so low that their exponentials are 0.
void Attention::mask(const AttentionStep& step, const Slot& scores) {
  constexpr double kNothing = 30000;  // every 16-bit type has it
  const std::int64_t rows = step.rows, columns = step.columns;
  const Typed s{in_acc(scores.address), formats_.score}, m{in_spm(step.mask), formats_.activation};
  const auto vec = [&](const isa::Vec& operation, const Events& waits, const Events& signals) {
    emitter_.put(Role::vector, operation, waits, signals);
  };
  if (setup_.scale != 1)
    vec(unary(VecKind::mul, s, s, rows, columns, setup_.scale), {scores.full}, {});
  if (setup_.mask == MaskKind::kept) {
    vec(unary(VecKind::sub, m, m, rows, columns, 1), step.mask_ready, {});
    vec(unary(VecKind::mul, m, m, rows, columns, kNothing), {}, {});
  }
  Events waits = step.mask_ready;
  waits.push_back(scores.full);
  vec(binary(VecKind::add, s, s, m, rows, columns), waits, step.mask_done);
}

void Attention::softmax(const AttentionStep& step, const Slot& scores, const Slot& p) {
  isa::Vec vec =
      unary(VecKind::softmax, {in_spm(p.address), formats_.activation},
            {in_acc(scores.address), formats_.score}, step.rows, step.columns, scale_left());
  vec.causal = step.causal;
  emitter_.put(Role::vector, vec, {scores.full, p.free}, {scores.free, p.full});
}

void Attention::online_softmax(const AttentionStep& step, const Slot& scores, const Slot& p) {
  const Typed s{in_acc(scores.address), formats_.score};
  const Typed probabilities{in_spm(p.address), formats_.activation};
  const auto column = [&](std::int64_t i) { return Typed{state(step, i), formats_.state}; };
  const auto vec = [&](const isa::Vec& operation, const Events& waits, const Events& signals) {
    emitter_.put(Role::vector, operation, waits, signals);
  };
  track_maximum(step, scores);
  vec(binary(VecKind::sub, s, s, column(kMaximum), step.rows, step.columns, Broadcast::column), {},
      {});
  isa::Vec exponential =
      unary(VecKind::exp, probabilities, s, step.rows, step.columns, scale_left());
  exponential.causal = step.causal;
  vec(exponential, {p.free}, {scores.free});
  const std::int64_t sum = step.first ? kSum : kScratch;
  isa::Vec total = unary(VecKind::reduce_sum, column(sum), probabilities, step.rows, step.columns);
  total.causal = step.causal;
  vec(total, {}, {p.full});
  if (step.first) return;
  vec(binary(VecKind::mul, column(kSum), column(kSum), column(kCorrection), step.rows, 1), {}, {});
  vec(binary(VecKind::add, column(kSum), column(kSum), column(kScratch), step.rows, 1), {}, {});
}

/// Leaves the new running maximum, and in kCorrection the factor for what was summed before. What
/// causality hides does not count: a maximum far over all that a row sees would leave it zeros.
void Attention::track_maximum(const AttentionStep& step, const Slot& scores) {
  const Typed s{in_acc(scores.address), formats_.score};
  const auto column = [&](std::int64_t i) { return Typed{state(step, i), formats_.state}; };
  const auto vec = [&](const isa::Vec& operation, const Events& waits = {}) {
    emitter_.put(Role::vector, operation, waits, {});
  };
  const std::int64_t maximum = step.first ? kMaximum : kScratch;
  isa::Vec most = unary(VecKind::reduce_max, column(maximum), s, step.rows, step.columns);
  most.causal = step.causal;
  vec(most, {scores.full});
  if (step.first) return;
  vec(binary(VecKind::max, column(kScratch), column(kScratch), column(kMaximum), step.rows, 1));
  vec(binary(VecKind::sub, column(kCorrection), column(kMaximum), column(kScratch), step.rows, 1));
  vec(unary(VecKind::exp, column(kCorrection), column(kCorrection), step.rows, 1, scale_left()));
  vec(unary(VecKind::copy, column(kMaximum), column(kScratch), step.rows, 1));
}

void Attention::multiply_values(const InFlight& flight) {
  const AttentionStep& step = flight.step;
  const Slot& output = step.head.output;
  emitter_.region(setup_.regions.values);
  if (!step.first) {
    const Typed o{in_acc(output.address), formats_.score};
    emitter_.put(Role::vector,
                 binary(VecKind::mul, o, o, {state(step, kCorrection), formats_.state}, step.rows,
                        setup_.value_dim, Broadcast::column),
                 {output.full}, {output.free});
  }
  isa::Mm mm;
  mm.a = in_spm(flight.probabilities.address);
  mm.b = in_spm(step.v);
  mm.c = in_acc(output.address);
  mm.m = step.rows;
  mm.n = setup_.value_dim;
  mm.k = step.columns;
  mm.a_type = formats_.activation;
  mm.b_type = formats_.kv;
  mm.c_type = formats_.score;
  mm.accumulate = !step.first;
  Events waits = step.v_ready;
  waits.push_back(flight.probabilities.full);
  waits.push_back(output.free);
  Events signals = step.v_done;
  signals.push_back(flight.probabilities.free);
  signals.push_back(output.full);
  emitter_.put(Role::matrix, mm, waits, signals);
}

void Attention::finish(const AttentionStep& step) {
  emitter_.region(setup_.regions.values);
  const Slot& output = step.head.output;
  const Typed out{in_spm(step.out), formats_.activation};
  const Typed o{in_acc(output.address), formats_.score};
  Events waits = step.out_free;
  waits.push_back(output.full);
  Events signals = step.out_done;
  signals.push_back(output.free);
  if (!setup_.online) {
    emitter_.put(Role::vector, unary(VecKind::copy, out, o, step.rows, setup_.value_dim), waits,
                 signals);
    return;
  }
  const Typed reciprocal{state(step, kScratch), formats_.state};
  emitter_.put(
      Role::vector,
      unary(VecKind::reciprocal, reciprocal, {state(step, kSum), formats_.state}, step.rows, 1), {},
      {});
  emitter_.put(
      Role::vector,
      binary(VecKind::mul, out, o, reciprocal, step.rows, setup_.value_dim, Broadcast::column),
      waits, signals);
}

}  // namespace npulse::lowering
