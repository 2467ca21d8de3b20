// SPDX-License-Identifier: Apache-2.0
#include "traces/lowering/decode.h"

#include <algorithm>

#include "traces/lowering/decode_attention.h"
#include "traces/lowering/decode_experts.h"
#include "traces/lowering/decode_latent.h"
#include "traces/lowering/embedding.h"
#include "traces/lowering/tensors.h"

namespace npulse::lowering {
namespace {

using isa::Broadcast;
using isa::VecKind;

/// What one core does; its rings turn as it goes.
class DecodeCore {
 public:
  DecodeCore(const DecodePlan& plan, Emitter& emitter)
      : plan_{plan},
        job_{plan.job},
        model_{plan.job.model},
        batch_{plan.job.options.batch},
        step_{plan, emitter},
        emitter_{emitter} {}

  void run() {
    if (emitter_.core() >= job_.cores) return;
    begin();
    for (std::int64_t layer = 0; layer < job_.layers.size(); ++layer) run_layer(layer);
    if (job_.has_head()) {
      norm("final_norm", 2 * job_.layers.size());
      DecodeRings& rings = step_.rings;
      lm_head_pass(emitter_, {job_.formats, rings.weights, rings.acc}, plan_.matrix(Matrix::head),
                   {plan_.buffers.normed, batch_, {plan_.event.normed}}, rings.logits,
                   plan_.memory.logits);
    } else {
      store_residual();
    }
    emitter_.finish();
  }

 private:
  void begin();
  void run_layer(std::int64_t layer);
  void norm(const char* region, std::int64_t index);
  void qkv(std::int64_t layer);
  void residual_linear(Matrix which, std::int64_t copy, Address a);
  void add_residual(const char* region);
  void store_residual();
  Typed residual(Address address) const { return step_.residual(address); }

  const DecodePlan& plan_;
  const Job& job_;
  const Transformer& model_;
  std::int64_t batch_;
  DecodeStep step_;
  Emitter& emitter_;
};

void DecodeCore::begin() {
  emitter_.region("embed");
  const DecodeMemory& memory = plan_.memory;
  const Formats& formats = job_.formats;
  for (std::int64_t token = 0; token < batch_; ++token) {
    const std::int64_t row = job_.embeds() ? row_of_token(token, model_.vocab) : token;
    const Address from =
        advance(job_.embeds() ? memory.embedding : memory.x, row * model_.hidden, formats.residual);
    const Address to = advance(plan_.buffers.x, token * model_.hidden, formats.residual);
    emitter_.put(Role::activation,
                 transfer(in_spm(to), in_dram(from), {model_.hidden}, formats.residual), {},
                 {plan_.event.embedded});
  }
  emitter_.put(Role::activation,
               transfer(in_spm(plan_.buffers.rope), in_dram(memory.rotation), {model_.rotary_dim()},
                        formats.residual),
               {}, {plan_.event.rotation});
}

void DecodeCore::run_layer(std::int64_t layer) {
  norm("attn.norm", 2 * layer);
  if (model_.latent) {
    run_decode_latent(step_, layer);
  } else {
    qkv(layer);
    run_decode_attention(plan_, step_.rings, emitter_, layer);
  }
  residual_linear(Matrix::out, layer, plan_.buffers.heads);
  add_residual("attn.residual");
  norm("mlp.norm", 2 * layer + 1);
  if (job_.routed(layer)) {
    run_decode_experts(step_, layer);
  } else {
    const std::int64_t copy = layer - job_.routed_before(layer);
    step_.gate_up(Matrix::gate_up, copy, {plan_.buffers.normed, batch_, {plan_.event.normed}},
                  plan_.buffers.stage);
    step_.gather(Matrix::gate_up, plan_.buffers.stage, batch_, plan_.buffers.gated,
                 job_.formats.activation);
    step_.end_round();
    residual_linear(Matrix::down, copy, plan_.buffers.gated);
  }
  add_residual("mlp.residual");
}

void DecodeCore::norm(const char* region, std::int64_t index) {
  emitter_.region(region);
  const Slot& weight = step_.load_vector(
      advance(plan_.memory.norms, index * model_.hidden, job_.formats.residual), model_.hidden);
  step_.rmsnorm(step_.activation(plan_.buffers.normed), residual(plan_.buffers.x), weight, batch_,
                model_.hidden, {plan_.event.embedded}, {weight.free, plan_.event.normed});
}

void DecodeCore::qkv(std::int64_t layer) {
  const isa::DataType type = job_.formats.residual;
  const Range share = plan_.matrix(Matrix::qkv).columns(emitter_.core());
  emitter_.region("attn.qkv");
  std::optional<Slot> bias;
  if (model_.qkv_bias) {
    bias = step_.load_vector(
        advance(plan_.memory.biases, layer * model_.qkv_width() + share.first, type), share.size());
  }
  const Rows rows{plan_.buffers.normed, batch_, {plan_.event.normed}};
  step_.linear(Matrix::qkv, layer, rows, [&](const Result& r) {
    const Typed to = residual(advance(plan_.buffers.stage, r.before, type));
    const Typed from = step_.result(r);
    if (!bias) {
      return step_.take(r, unary(VecKind::copy, to, from, r.rows, r.width()), {},
                        {plan_.event.staged});
    }
    const Typed addend = residual(advance(bias->address, r.columns.first - share.first, type));
    Events signals{plan_.event.staged};
    if (r.last) signals.push_back(bias->free);
    step_.take(r, binary(VecKind::add, to, from, addend, r.rows, r.width(), Broadcast::row),
               {bias->full}, signals);
  });
  step_.gather(Matrix::qkv, plan_.buffers.stage, batch_, plan_.buffers.qkv, type);
  step_.end_round();
}

/// y = a x weights, gathered.
void DecodeCore::residual_linear(Matrix which, std::int64_t copy, Address a) {
  const isa::DataType type = job_.formats.residual;
  step_.linear(which, copy, {a, batch_, {plan_.event.gathered}}, [&](const Result& r) {
    const Typed to = residual(advance(plan_.buffers.stage, r.before, type));
    step_.take(r, unary(VecKind::copy, to, step_.result(r), r.rows, r.width()), {},
               {plan_.event.staged});
  });
  step_.gather(which, plan_.buffers.stage, batch_, plan_.buffers.y, type);
  step_.end_round();
}

/// x += y.
void DecodeCore::add_residual(const char* region) {
  emitter_.region(region);
  const Typed x = residual(plan_.buffers.x);
  emitter_.put(Role::vector,
               binary(VecKind::add, x, x, residual(plan_.buffers.y), batch_, model_.hidden),
               {plan_.event.gathered}, {plan_.event.staged});
}

/// Every core holds the residual stream; the first one writes it.
void DecodeCore::store_residual() {
  if (emitter_.core() != 0) return;
  emitter_.region("store");
  emitter_.put(Role::store,
               transfer(in_dram(plan_.memory.x), in_spm(plan_.buffers.x), {batch_ * model_.hidden},
                        job_.formats.residual),
               {plan_.event.staged}, {});
}

}  // namespace

std::size_t DecodeLowering::lookahead() const {
  return lookahead_for(plan_.rings.weights.size(), plan_.job.target.queue_depth);
}

void DecodeLowering::emit(Emitter& emitter) const {
  DecodeCore{plan_, emitter}.run();
}

std::vector<isa::TensorDecl> DecodeLowering::tensors() const {
  return transformer_tensors(plan_, plan_.job.options.batch, 1, isa::TensorRole::state);
}

}  // namespace npulse::lowering
