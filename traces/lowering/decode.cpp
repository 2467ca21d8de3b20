// SPDX-License-Identifier: Apache-2.0
#include "traces/lowering/decode.h"

#include <algorithm>

#include "traces/lowering/decode_attention.h"
#include "traces/lowering/embedding.h"
#include "traces/lowering/gather.h"
#include "traces/lowering/resident.h"
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
        rings_{plan.rings},
        emitter_{emitter} {}

  void run() {
    if (emitter_.core() >= job_.cores) return;
    begin();
    for (std::int64_t layer = 0; layer < job_.layers.size(); ++layer) run_layer(layer);
    if (job_.has_head()) {
      norm("final_norm", 2 * job_.layers.size());
      lm_head_pass(emitter_, {job_.formats, rings_.weights, rings_.acc}, plan_.matrix(Matrix::head),
                   {plan_.buffers.normed, batch_, {plan_.event.normed}}, rings_.logits,
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
  void linear(Matrix which, std::int64_t layer, Address a, isa::EventId ready,
              const std::function<void(const Result&)>& take);
  void gather(Matrix which, Address buffer, isa::DataType type);
  void qkv(std::int64_t layer);
  void gate_up(std::int64_t layer);
  void residual_linear(Matrix which, std::int64_t layer, Address a, const char* add_region);
  void store_residual();
  const Slot& load_vector(Address address, std::int64_t elements);
  Typed residual(Address address) const { return {in_spm(address), job_.formats.residual}; }
  Typed result(const Result& r) const { return {in_acc(r.c.address), job_.formats.accumulator}; }
  void take(const Result& r, const isa::Vec& vec, const Events& waits, const Events& signals) {
    take_result(emitter_, r, vec, waits, signals);
  }

  const DecodePlan& plan_;
  const Job& job_;
  const Transformer& model_;
  std::int64_t batch_;
  DecodeRings rings_;
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
               transfer(in_spm(plan_.buffers.rope), in_dram(memory.rotation), {model_.head_dim},
                        formats.residual),
               {}, {plan_.event.rotation});
}

void DecodeCore::run_layer(std::int64_t layer) {
  norm("attn.norm", 2 * layer);
  qkv(layer);
  run_decode_attention(plan_, rings_, emitter_, layer);
  residual_linear(Matrix::out, layer, plan_.buffers.heads, "attn.residual");
  norm("mlp.norm", 2 * layer + 1);
  gate_up(layer);
  residual_linear(Matrix::down, layer, plan_.buffers.gated, "mlp.residual");
}

const Slot& DecodeCore::load_vector(Address address, std::int64_t elements) {
  const Slot& slot = rings_.vectors.next();
  emitter_.put(Role::load,
               transfer(in_spm(slot.address), in_dram(address), {elements}, job_.formats.residual),
               {slot.free}, {slot.full});
  return slot;
}

void DecodeCore::norm(const char* region, std::int64_t index) {
  emitter_.region(region);
  const Slot& weight = load_vector(
      advance(plan_.memory.norms, index * model_.hidden, job_.formats.residual), model_.hidden);
  isa::Vec vec = binary(VecKind::rmsnorm, {in_spm(plan_.buffers.normed), job_.formats.activation},
                        residual(plan_.buffers.x), residual(weight.address), batch_, model_.hidden,
                        Broadcast::row);
  vec.scalar = model_.norm_epsilon;
  emitter_.put(Role::vector, vec, {weight.full, plan_.event.embedded},
               {weight.free, plan_.event.normed});
}

void DecodeCore::linear(Matrix which, std::int64_t layer, Address a, isa::EventId ready,
                        const std::function<void(const Result&)>& take) {
  resident_pass(emitter_, {job_.formats, rings_.weights, rings_.acc}, plan_.matrix(which), layer,
                {a, batch_, {ready}}, take);
}

void DecodeCore::gather(Matrix which, Address buffer, isa::DataType type) {
  const Linear& matrix = plan_.matrix(which);
  const GatherSetup setup{job_.cores, plan_.event.staged, plan_.event.gathered, type};
  gather_columns(emitter_, setup, plan_.buffers.stage, batch_, matrix.columns(emitter_.core()),
                 matrix.width(), buffer, matrix.shape().n);
  emitter_.end_round(plan_.event.gathered);
}

void DecodeCore::qkv(std::int64_t layer) {
  const isa::DataType type = job_.formats.residual;
  const Range share = plan_.matrix(Matrix::qkv).columns(emitter_.core());
  emitter_.region("attn.qkv");
  std::optional<Slot> bias;
  if (model_.qkv_bias) {
    bias = load_vector(advance(plan_.memory.biases, layer * model_.qkv_width() + share.first, type),
                       share.size());
  }
  linear(Matrix::qkv, layer, plan_.buffers.normed, plan_.event.normed, [&](const Result& r) {
    const Typed to = residual(advance(plan_.buffers.stage, r.before, type));
    const std::int64_t width = r.width();
    if (!bias)
      return take(r, unary(VecKind::copy, to, result(r), r.rows, width), {}, {plan_.event.staged});
    const Typed addend = residual(advance(bias->address, r.columns.first - share.first, type));
    Events signals{plan_.event.staged};
    if (r.last) signals.push_back(bias->free);
    take(r, binary(VecKind::add, to, result(r), addend, r.rows, width, Broadcast::row),
         {bias->full}, signals);
  });
  gather(Matrix::qkv, plan_.buffers.qkv, type);
}

void DecodeCore::gate_up(std::int64_t layer) {
  const Formats& formats = job_.formats;
  linear(Matrix::gate_up, layer, plan_.buffers.normed, plan_.event.normed, [&](const Result& r) {
    const std::int64_t width = r.width();
    const Typed silu = residual(plan_.buffers.silu);
    const Typed up{in_acc(advance(r.c.address, r.rows * width, formats.accumulator)),
                   formats.accumulator};
    const Typed to{in_spm(advance(plan_.buffers.stage, r.before, formats.activation)),
                   formats.activation};
    emitter_.put(Role::vector, unary(VecKind::silu, silu, result(r), r.rows, width), {r.c.full},
                 {});
    take(r, binary(VecKind::mul, to, silu, up, r.rows, width), {}, {plan_.event.staged});
  });
  gather(Matrix::gate_up, plan_.buffers.gated, formats.activation);
}

void DecodeCore::residual_linear(Matrix which, std::int64_t layer, Address a,
                                 const char* add_region) {
  const isa::DataType type = job_.formats.residual;
  linear(which, layer, a, plan_.event.gathered, [&](const Result& r) {
    const Typed to = residual(advance(plan_.buffers.stage, r.before, type));
    take(r, unary(VecKind::copy, to, result(r), r.rows, r.width()), {}, {plan_.event.staged});
  });
  gather(which, plan_.buffers.y, type);
  emitter_.region(add_region);
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

/// Matrices and KV are read once by whoever holds them; norms, embeddings and the rotation by every
/// core.
Plan DecodeLowering::plan() const {
  const Job& job = plan_.job;
  const Transformer& model = job.model;
  const std::int64_t layers = job.layers.size(), batch = job.options.batch;
  Bytes matrices{};
  for (const Matrix which : {Matrix::qkv, Matrix::out, Matrix::gate_up, Matrix::down}) {
    matrices += plan_.matrix(which).stored_bytes(job.formats) * layers;
  }
  if (job.has_head()) matrices += plan_.matrix(Matrix::head).stored_bytes(job.formats);
  const Bytes norms = job.residual_bytes((2 * layers + (job.has_head() ? 1 : 0)) * model.hidden);
  const Bytes biases = job.residual_bytes(model.qkv_bias ? layers * model.qkv_width() : 0);
  const Bytes head_norms = job.residual_bytes(layers * model.head_norm_parameters());
  const auto attending = std::count_if(plan_.units.begin(), plan_.units.end(),
                                       [](const Range& units) { return units.size() > 0; });
  const Bytes token_kv = isa::bytes_of(2 * model.kv_width(), job.formats.kv) * (layers * batch);
  const Bytes inputs = job.residual_bytes(batch * model.hidden + model.head_dim);
  const Bytes output = job.residual_bytes(batch * (job.has_head() ? model.vocab : model.hidden));

  Plan plan;
  plan.weights = matrices + norms + biases + head_norms;
  plan.kv = token_kv * (job.options.context + 1);
  plan.dram_read = matrices + biases + token_kv * job.options.context +
                   (norms + inputs) * job.cores + head_norms * attending;
  plan.dram_write = token_kv + output;
  const std::int64_t attention = 2 * model.q_width() * (job.options.context + 1);
  plan.macs = batch * (layers * (model.linear_parameters_per_layer() + attention) +
                       (job.has_head() ? model.hidden * model.vocab : 0));
  plan.tokens = plan.tokens_produced = batch;
  return plan;
}

void DecodeLowering::emit(Emitter& emitter) const {
  DecodeCore{plan_, emitter}.run();
}

std::vector<isa::TensorDecl> DecodeLowering::tensors() const {
  const Job& job = plan_.job;
  std::vector<isa::TensorDecl> list;
  for (const Matrix which : {Matrix::qkv, Matrix::out, Matrix::gate_up, Matrix::down})
    append_linear(list, plan_.matrix(which), job.layers.size(), job.formats);
  if (job.has_head()) append_linear(list, plan_.matrix(Matrix::head), 1, job.formats);
  append_vectors(list, job, plan_.memory, job.options.batch, 1);
  append_cache(list, plan_.cache, isa::TensorRole::state);
  return list;
}

}  // namespace npulse::lowering
