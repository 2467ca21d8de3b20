// SPDX-License-Identifier: Apache-2.0
#include "traces/lowering/decode.h"

#include <algorithm>

#include "traces/lowering/decode_attention.h"
#include "traces/lowering/gather.h"
#include "traces/lowering/instructions.h"

namespace npulse::lowering {
namespace {

using isa::Broadcast;
using isa::VecKind;

/// What one core does; its rings turn as it goes.
class DecodeCore {
 public:
  DecodeCore(const DecodePlan& plan, Emitter& emitter)
      : plan_{plan}, job_{plan.job}, model_{plan.job.model}, batch_{plan.job.options.batch},
        rings_{plan.rings}, emitter_{emitter} {}

  void run() {
    if (emitter_.core() >= job_.cores) return;
    begin();
    for (std::int64_t layer = 0; layer < job_.layers.size(); ++layer) run_layer(layer);
    if (job_.has_head()) {
      norm("final_norm", 2 * job_.layers.size());
      lm_head();
    } else {
      store_residual();
    }
    emitter_.finish();
  }

 private:
  /// A block of results in accumulators.
  struct Result {
    Slot c;
    std::int64_t before;      ///< Elements before it in the core's share, stored tile by tile.
    std::int64_t row, rows;
    Range columns;
    bool last;                ///< Of the core's share.
  };
  using Epilogue = std::function<void(const Result&)>;

  void begin();
  void run_layer(std::int64_t layer);
  void norm(const char* region, std::int64_t index);
  void linear(Matrix which, std::int64_t layer, Address a, isa::EventId ready, const Epilogue& epilogue);
  void gather(Matrix which, Address buffer, isa::DataType type);
  void qkv(std::int64_t layer);
  void gate_up(std::int64_t layer);
  void residual_linear(Matrix which, std::int64_t layer, Address a, const char* add_region);
  void lm_head();
  void store_residual();
  const Slot& load_vector(Address address, std::int64_t elements);
  Typed residual(Address address) const { return {in_spm(address), job_.formats.residual}; }
  Typed result(const Result& r) const { return {in_acc(r.c.address), job_.formats.accumulator}; }
  /// `vec` is the last to read `r`.
  void take(const Result& r, const isa::Vec& vec, Events waits, Events signals) {
    waits.push_back(r.c.full);
    signals.push_back(r.c.free);
    emitter_.put(Role::vector, vec, waits, signals);
  }

  const DecodePlan& plan_;
  const Job& job_;
  const Transformer& model_;
  std::int64_t batch_;
  DecodeRings rings_;
  Emitter& emitter_;
};

/// Token ids are not known before a run: rows far apart stand for them.
std::int64_t row_of_token(std::int64_t token, std::int64_t vocab) { return token * 7919 % vocab; }

void DecodeCore::begin() {
  emitter_.region("embed");
  const DecodeMemory& memory = plan_.memory;
  const Formats& formats = job_.formats;
  for (std::int64_t token = 0; token < batch_; ++token) {
    const std::int64_t row = job_.embeds() ? row_of_token(token, model_.vocab) : token;
    const Address from = advance(job_.embeds() ? memory.embedding : memory.x, row * model_.hidden, formats.residual);
    const Address to = advance(plan_.buffers.x, token * model_.hidden, formats.residual);
    emitter_.put(Role::activation, transfer(in_spm(to), in_dram(from), {model_.hidden}, formats.residual),
                 {}, {plan_.event.embedded});
  }
  emitter_.put(Role::activation,
               transfer(in_spm(plan_.buffers.rope), in_dram(memory.rotation), {model_.head_dim}, formats.residual),
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
  emitter_.put(Role::load, transfer(in_spm(slot.address), in_dram(address), {elements}, job_.formats.residual),
               {slot.free}, {slot.full});
  return slot;
}

void DecodeCore::norm(const char* region, std::int64_t index) {
  emitter_.region(region);
  const Slot& weight = load_vector(advance(plan_.memory.norms, index * model_.hidden, job_.formats.residual),
                                   model_.hidden);
  isa::Vec vec = binary(VecKind::rmsnorm, {in_spm(plan_.buffers.normed), job_.formats.activation},
                        residual(plan_.buffers.x), residual(weight.address), batch_, model_.hidden,
                        Broadcast::row);
  vec.scalar = model_.norm_epsilon;
  emitter_.put(Role::vector, vec, {weight.full, plan_.event.embedded}, {weight.free, plan_.event.normed});
}

/// Multiplies all rows with this core's columns, tile by tile; `epilogue` takes each result away.
void DecodeCore::linear(Matrix which, std::int64_t layer, Address a, isa::EventId ready,
                        const Epilogue& epilogue) {
  const Linear& matrix = plan_.matrix(which);
  const LinearShape& shape = matrix.shape();
  const Formats& formats = job_.formats;
  emitter_.region(shape.region);
  const Range share = matrix.columns(emitter_.core());
  for (std::int64_t i = 0; i < matrix.tiles(emitter_.core()); ++i) {
    const Slot weights = load_tile(emitter_, formats, matrix, rings_.weights, layer, i);
    const Range columns = matrix.tile(emitter_.core(), i);
    const Bytes row_bytes = isa::bytes_of(columns.size() * shape.parts, formats.accumulator);
    const std::int64_t step = std::min(batch_, rings_.acc.slot_bytes() / row_bytes);
    for (std::int64_t row = 0; row < batch_; row += step) {
      const Rows a_rows{advance(a, row * shape.k, formats.activation), std::min(step, batch_ - row), {ready}};
      const Slot c = rings_.acc.next();
      const bool last = row + a_rows.count == batch_;
      multiply(emitter_, formats, matrix, a_rows, weights, columns.size(), c,
               last ? Events{weights.free} : Events{});
      const std::int64_t before = (columns.first - share.first) * batch_ + row * columns.size();
      epilogue({c, before, row, a_rows.count, columns, last && columns.last == share.last});
    }
  }
}

void DecodeCore::gather(Matrix which, Address buffer, isa::DataType type) {
  const Linear& matrix = plan_.matrix(which);
  const GatherSetup setup{job_.cores, plan_.event.staged, plan_.event.gathered, type};
  gather_columns(emitter_, setup, plan_.buffers.stage, batch_, matrix.columns(emitter_.core()), matrix.width(),
                 buffer, matrix.shape().n);
  emitter_.end_round(plan_.event.gathered);
}

void DecodeCore::qkv(std::int64_t layer) {
  const isa::DataType type = job_.formats.residual;
  const Range share = plan_.matrix(Matrix::qkv).columns(emitter_.core());
  emitter_.region("attn.qkv");
  std::optional<Slot> bias;
  if (model_.qkv_bias) {
    bias = load_vector(advance(plan_.memory.biases, layer * model_.qkv_width() + share.first, type), share.size());
  }
  linear(Matrix::qkv, layer, plan_.buffers.normed, plan_.event.normed, [&](const Result& r) {
    const Typed to = residual(advance(plan_.buffers.stage, r.before, type));
    const std::int64_t width = r.columns.size();
    if (!bias) return take(r, unary(VecKind::copy, to, result(r), r.rows, width), {}, {plan_.event.staged});
    const Typed addend = residual(advance(bias->address, r.columns.first - share.first, type));
    Events signals{plan_.event.staged};
    if (r.last) signals.push_back(bias->free);
    take(r, binary(VecKind::add, to, result(r), addend, r.rows, width, Broadcast::row), {bias->full}, signals);
  });
  gather(Matrix::qkv, plan_.buffers.qkv, type);
}

void DecodeCore::gate_up(std::int64_t layer) {
  const Formats& formats = job_.formats;
  linear(Matrix::gate_up, layer, plan_.buffers.normed, plan_.event.normed, [&](const Result& r) {
    const std::int64_t width = r.columns.size();
    const Typed silu = residual(plan_.buffers.silu);
    const Typed up{in_acc(advance(r.c.address, r.rows * width, formats.accumulator)), formats.accumulator};
    const Typed to{in_spm(advance(plan_.buffers.stage, r.before, formats.activation)), formats.activation};
    emitter_.put(Role::vector, unary(VecKind::silu, silu, result(r), r.rows, width), {r.c.full}, {});
    take(r, binary(VecKind::mul, to, silu, up, r.rows, width), {}, {plan_.event.staged});
  });
  gather(Matrix::gate_up, plan_.buffers.gated, formats.activation);
}

void DecodeCore::residual_linear(Matrix which, std::int64_t layer, Address a, const char* add_region) {
  const isa::DataType type = job_.formats.residual;
  linear(which, layer, a, plan_.event.gathered, [&](const Result& r) {
    const Typed to = residual(advance(plan_.buffers.stage, r.before, type));
    take(r, unary(VecKind::copy, to, result(r), r.rows, r.columns.size()), {}, {plan_.event.staged});
  });
  gather(which, plan_.buffers.y, type);
  emitter_.region(add_region);
  const Typed x = residual(plan_.buffers.x);
  emitter_.put(Role::vector, binary(VecKind::add, x, x, residual(plan_.buffers.y), batch_, model_.hidden),
               {plan_.event.gathered}, {plan_.event.staged});
}

/// Logits go straight to memory; nobody on the chip needs them.
void DecodeCore::lm_head() {
  const isa::DataType type = job_.formats.residual;
  linear(Matrix::head, 0, plan_.buffers.normed, plan_.event.normed, [&](const Result& r) {
    const std::int64_t width = r.columns.size();
    const Slot slot = rings_.logits.next();
    take(r, unary(VecKind::copy, residual(slot.address), result(r), r.rows, width), {slot.free}, {slot.full});
    const Address to = advance(plan_.memory.logits, r.row * model_.vocab + r.columns.first, type);
    emitter_.put(Role::store, transfer(in_dram(to), in_spm(slot.address), {r.rows, width}, type, {model_.vocab, 1}),
                 {slot.full}, {slot.free});
  });
}

/// Every core holds the residual stream; the first one writes it.
void DecodeCore::store_residual() {
  if (emitter_.core() != 0) return;
  emitter_.region("store");
  emitter_.put(Role::store, transfer(in_dram(plan_.memory.x), in_spm(plan_.buffers.x),
                                     {batch_ * model_.hidden}, job_.formats.residual),
               {plan_.event.staged}, {});
}

}  // namespace

std::size_t DecodeLowering::lookahead() const {
  return std::min(plan_.rings.weights.size(), plan_.job.target.queue_depth / 2);
}

void DecodeLowering::emit(Emitter& emitter) const { DecodeCore{plan_, emitter}.run(); }

}  // namespace npulse::lowering
