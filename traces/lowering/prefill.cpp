// SPDX-License-Identifier: Apache-2.0
#include "traces/lowering/prefill.h"

#include <algorithm>

#include "traces/lowering/embedding.h"
#include "traces/lowering/prefill_attention.h"
#include "traces/lowering/prefill_experts.h"
#include "traces/lowering/prefill_latent.h"
#include "traces/lowering/prefill_linear.h"
#include "traces/lowering/resident.h"
#include "traces/lowering/tensors.h"

namespace npulse::lowering {
namespace {

using isa::Broadcast;
using isa::VecKind;

/// What one core does.
class PrefillCore {
 public:
  PrefillCore(const PrefillPlan& plan, Emitter& emitter)
      : plan_{plan},
        job_{plan.job},
        model_{plan.job.model},
        emitter_{emitter},
        rings_{plan.weights, plan.vectors, plan.biases, plan.head_norms, plan.acc, plan.panels},
        linear_{plan, rings_, emitter},
        mine_{split(plan.rows(), plan.job.cores, 1)[emitter.core()]} {}

  void run_alone(Matrix which) {
    if (which == Matrix::qkv) return linear_.qkv(0);
    if (which == Matrix::gate_up) return linear_.gate_up(0);
    if (which == Matrix::out || which == Matrix::down) return linear_.residual(which, 0);
    run_latent_matrix(plan_, linear_, which, 0);
  }

  void run() {
    if (job_.embeds()) embed();
    for (std::int64_t layer = 0; layer < job_.layers.size(); ++layer) {
      norm("attn.norm", 2 * layer);
      project(layer);
      run_prefill_attention(plan_, emitter_, layer);
      linear_.residual(Matrix::out, layer);
      norm("mlp.norm", 2 * layer + 1);
      if (job_.routed(layer)) {
        run_prefill_experts(plan_, linear_, rings_, emitter_, layer);
        continue;
      }
      const std::int64_t copy = layer - job_.routed_before(layer);
      linear_.gate_up(copy);
      linear_.residual(Matrix::down, copy);
    }
    if (job_.has_head()) head();
  }

 private:
  /// Queries, keys and values.
  void project(std::int64_t layer) {
    if (model_.latent) return run_prefill_latent(plan_, linear_, rings_, emitter_, layer);
    linear_.qkv(layer);
  }
  void embed();
  void norm(const char* region, std::int64_t index);
  Slot load_norm(std::int64_t index);
  isa::Vec rmsnorm(Address to, Address from, const Slot& weight, std::int64_t rows) const;
  void head();

  const PrefillPlan& plan_;
  const Job& job_;
  const Transformer& model_;
  Emitter& emitter_;
  PrefillRings rings_;
  PrefillLinear linear_;
  Range mine_;  ///< Rows of embedding and norms.
};

void PrefillCore::embed() {
  emitter_.region("embed");
  const isa::DataType type = job_.formats.residual;
  const std::int64_t width = model_.hidden;
  Ring in = plan_.row_rings.in;
  for (std::int64_t i = 0; i < ceil_div(mine_.size(), plan_.row_rings.block_rows); ++i) {
    const Range rows = tile_of(mine_, plan_.row_rings.block_rows, i);
    const Slot slot = in.next();
    for (std::int64_t row = rows.first; row < rows.last; ++row) {
      const Address from =
          advance(plan_.memory.embedding, row_of_token(row, model_.vocab) * width, type);
      const Address to = advance(slot.address, (row - rows.first) * width, type);
      emitter_.put(Role::activation, transfer(in_spm(to), in_dram(from), {width}, type),
                   {slot.free}, {slot.full});
    }
    const Address to = advance(plan_.memory.x, rows.first * width, type);
    emitter_.put(Role::store,
                 transfer(in_dram(to), in_spm(slot.address), {rows.size() * width}, type),
                 {slot.full}, {slot.free, plan_.stored});
  }
  emitter_.end_round(plan_.stored);
}

Slot PrefillCore::load_norm(std::int64_t index) {
  const isa::DataType type = job_.formats.residual;
  const Slot weight = rings_.vectors.next();
  const Address from = advance(plan_.memory.norms, index * model_.hidden, type);
  emitter_.put(Role::load, transfer(in_spm(weight.address), in_dram(from), {model_.hidden}, type),
               {weight.free}, {weight.full});
  return weight;
}

isa::Vec PrefillCore::rmsnorm(Address to, Address from, const Slot& weight,
                              std::int64_t rows) const {
  const isa::DataType type = job_.formats.residual;
  isa::Vec vec =
      binary(VecKind::rmsnorm, {in_spm(to), job_.formats.activation}, {in_spm(from), type},
             {in_spm(weight.address), type}, rows, model_.hidden, Broadcast::row);
  vec.scalar = model_.norm_epsilon;
  return vec;
}

void PrefillCore::norm(const char* region, std::int64_t index) {
  emitter_.region(region);
  const std::int64_t width = model_.hidden;
  Ring in = plan_.row_rings.in, out = plan_.row_rings.out;
  std::optional<Slot> weight;
  for (std::int64_t i = 0; i < ceil_div(mine_.size(), plan_.row_rings.block_rows); ++i) {
    if (!weight) weight = load_norm(index);
    const Range rows = tile_of(mine_, plan_.row_rings.block_rows, i);
    const Slot x = in.next(), normed = out.next();
    const Address from = advance(plan_.memory.x, rows.first * width, job_.formats.residual);
    const Address to = advance(plan_.memory.normed, rows.first * width, job_.formats.activation);
    emitter_.put(
        Role::activation,
        transfer(in_spm(x.address), in_dram(from), {rows.size() * width}, job_.formats.residual),
        {x.free, plan_.stored}, {x.full});
    Events signals{x.free, normed.full};
    if (rows.last == mine_.last) signals.push_back(weight->free);
    emitter_.put(Role::vector, rmsnorm(normed.address, x.address, *weight, rows.size()),
                 {x.full, normed.free, weight->full}, signals);
    emitter_.put(Role::store,
                 transfer(in_dram(to), in_spm(normed.address), {rows.size() * width},
                          job_.formats.activation),
                 {normed.full}, {normed.free, plan_.stored});
  }
  emitter_.end_round(plan_.stored);
}

/// Only the last token of each sequence needs logits.
void PrefillCore::head() {
  emitter_.region("final_norm");
  const isa::DataType type = job_.formats.residual;
  const std::int64_t batch = job_.options.batch, width = model_.hidden,
                     context = job_.options.context;
  const Address last = advance(plan_.memory.x, (context - 1) * width, type);
  emitter_.put(
      Role::activation,
      transfer(in_spm(plan_.head.x), in_dram(last), {batch, width}, type, {}, {context * width, 1}),
      {plan_.stored}, {plan_.loaded});
  const Slot weight = load_norm(2 * job_.layers.size());
  emitter_.put(Role::vector, rmsnorm(plan_.head.normed, plan_.head.x, weight, batch),
               {plan_.loaded, weight.full}, {weight.free, plan_.normed});
  Ring logits = plan_.head.logits;
  lm_head_pass(emitter_, {job_.formats, rings_.weights, rings_.acc}, plan_.matrix(Matrix::head),
               {plan_.head.normed, batch, {plan_.normed}}, logits, plan_.memory.logits);
}

}  // namespace

std::size_t PrefillLowering::lookahead() const {
  return lookahead_for(plan_.weights.size(), plan_.job.target.queue_depth);
}

void PrefillLowering::emit(Emitter& emitter) const {
  if (emitter.core() < plan_.job.cores) PrefillCore{plan_, emitter}.run();
}

void PanelLowering::emit(Emitter& emitter) const {
  if (emitter.core() < layout().job.cores) PrefillCore{layout(), emitter}.run_alone(which_);
}

std::vector<isa::TensorDecl> PrefillLowering::tensors() const {
  return transformer_tensors(plan_, plan_.rows(), plan_.job.options.context,
                             isa::TensorRole::output);
}

}  // namespace npulse::lowering
