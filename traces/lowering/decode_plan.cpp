// SPDX-License-Identifier: Apache-2.0
#include "traces/lowering/decode_plan.h"

#include <fmt/format.h>

#include <algorithm>

#include "sim/core/error.h"
#include "traces/lowering/attention.h"
#include "traces/lowering/decode_memory.h"

namespace npulse::lowering {
namespace {

constexpr std::int64_t kStartUpShare =
    20;  // a tile's transfer lasts this many descriptor start-ups
constexpr std::int64_t kMinSlots = 4, kMaxSlots = 16;
constexpr std::int64_t kProbabilityShare = 16;  // of the scratchpad, at most, for one block of them
constexpr std::int64_t kSpmAlignment = 64;      // assumed: no scratchpad access is wider than 64 B

/// Lays a decode step out, largest freedom last: what must fit, then the ring of weights.
class Planner {
 public:
  explicit Planner(DecodePlan& plan)
      : plan_{plan},
        job_{plan.job},
        model_{plan.job.model},
        batch_{plan.job.options.batch},
        spm_{"scratchpad of " + job_.target.name, job_.target.spm_bytes, Bytes{kSpmAlignment}} {}

  void plan() {
    declare_events();
    split_work();
    cut_attention();
    place_accumulators();
    place_buffers();
    if (model_.latent) place_latent_buffers(*model_.latent);
    if (has_experts()) place_expert_buffers(*model_.experts);
    place_small_rings();
    place_weight_ring();
    place_in_memory(plan_, where());
  }

 private:
  void declare_events();
  void split_work();
  void cut_attention();
  DecodeUnits latent_units(const LatentAttention& latent) const;
  std::int64_t accumulators_for(const DecodeUnits& unit, std::int64_t tokens) const;
  void place_accumulators();
  void place_buffers();
  void place_latent_buffers(const LatentAttention& latent);
  void place_expert_buffers(const Experts& experts);
  std::int64_t most_visitors() const;
  void place_small_rings();
  void place_weight_ring();
  void limit_chunk(Bytes slot);
  void equalise(Matrix a, Matrix b);
  Bytes stage_bytes() const;
  Bytes widest_tile(std::int64_t columns) const;
  std::int64_t acc_elements() const;
  Linear sized(const LinearShape& shape, const std::vector<Range>& columns) const;
  Ring spm_ring(const std::string& name, Bytes slot, std::int64_t slots);
  /// Columns of the core that has most.
  std::int64_t share(Matrix which) const {
    return columns_[static_cast<std::size_t>(which)].front().size();
  }
  bool has_experts() const { return job_.routed_before(job_.layers.size()) > 0; }
  Bytes activations(std::int64_t n) const { return isa::bytes_of(n, job_.formats.activation); }
  Bytes states(std::int64_t n) const { return isa::bytes_of(n, job_.formats.state); }
  std::string where() const {
    return fmt::format("{}, decode, batch {}, context {}", model_.name, batch_,
                       job_.options.context);
  }

  DecodePlan& plan_;
  const Job& job_;
  const Transformer& model_;
  std::int64_t batch_;
  SpaceAllocator spm_;
  std::vector<LinearShape> shapes_;
  std::vector<std::vector<Range>> columns_;  ///< By matrix and core.
};

void Planner::declare_events() {
  auto& events = plan_.events;
  plan_.event = {events.add("embedded"),
                 events.add("normed"),
                 events.add("staged"),
                 events.add("rotation"),
                 events.add("gathered", isa::EventScope::chip),
                 events.add("projected")};
}

void Planner::split_work() {
  shapes_ = matrix_shapes(job_);
  for (const LinearShape& shape : shapes_) {
    const std::int64_t granule =
        shape.head > 0 ? shape.head : balanced_granule(shape.n, job_.cores, job_.target.tile_n);
    columns_.push_back(split(shape.n, job_.cores, granule));
  }
  for (std::int64_t layer = 0; layer < job_.layers.size(); ++layer) {
    plan_.routings.emplace_back();
    if (!job_.routed(layer)) continue;
    plan_.routings.back() =
        route(*model_.experts, job_.options.experts, job_.layers.first + layer, batch_);
  }
}

/// Bytes of accumulators for scores of `tokens` and the outputs of two units.
std::int64_t Planner::accumulators_for(const DecodeUnits& unit, std::int64_t tokens) const {
  return 2 * isa::bytes_of(unit.rows * (unit.value_dim + tokens), job_.formats.score).count();
}

/// Every group of heads reads the latent vectors again: as few groups as give each core one, and as
/// have heads so few that accumulators hold their outputs.
DecodeUnits Planner::latent_units(const LatentAttention& latent) const {
  const std::int64_t tokens = std::min(job_.options.context + 1, job_.target.tile_n);
  DecodeUnits unit{1, model_.heads, latent.kv_rank, latent.kv_rank + latent.rope_dim};
  const auto enough = [&] {
    return unit.per_sequence * batch_ >= job_.cores &&
           accumulators_for(unit, tokens) <= job_.target.acc_bytes.count();
  };
  while (unit.rows > 1 && !enough()) {
    do ++unit.per_sequence;
    while (model_.heads % unit.per_sequence != 0);
    unit.rows = model_.heads / unit.per_sequence;
  }
  return unit;
}

void Planner::cut_attention() {
  plan_.unit = {model_.kv_heads, model_.group(), model_.head_dim, model_.head_dim};
  if (model_.latent) plan_.unit = latent_units(*model_.latent);
  plan_.units = split(plan_.unit.per_sequence * batch_, job_.cores, 1);
}

/// Attention and linear layers use the accumulators in turn: between them lies a gather that waits
/// for all of the core's own work.
void Planner::place_accumulators() {
  const std::int64_t acc = job_.target.acc_bytes.count();
  const DecodeUnits& unit = plan_.unit;
  const Bytes output = isa::bytes_of(unit.rows * unit.value_dim, job_.formats.score);
  const std::int64_t column = isa::bytes_of(unit.rows, job_.formats.score).count();
  std::int64_t widest = 2;  // columns of gate and up
  for (const LinearShape& shape : shapes_) widest = std::max(widest, shape.head);
  const std::int64_t needs = std::max(accumulators_for(unit, 1),
                                      2 * isa::bytes_of(widest, job_.formats.accumulator).count());
  if (acc < needs) {
    throw InputError{where(), fmt::format("needs at least {} bytes of accumulators, {} has {}",
                                          needs, job_.target.name, acc)};
  }
  const Bytes scores{acc / 2 - output.count()};
  plan_.chunk = std::min(job_.options.context + 1, scores.count() / column);
  auto& rings = plan_.rings;
  rings.acc = Ring{plan_.events, "acc", 0, Bytes{acc / 2}, 2};
  rings.scores = Ring{plan_.events, "scores", 0, scores, 2};
  rings.outputs =
      Ring{plan_.events, "outputs", static_cast<Address>(2 * scores.count()), output, 2};
}

Ring Planner::spm_ring(const std::string& name, Bytes slot, std::int64_t slots) {
  const Bytes aligned{round_up(slot.count(), kSpmAlignment)};
  return {plan_.events, name, spm_.take(name, aligned * slots), aligned, slots};
}

/// The most that is on its way at a time.
Bytes Planner::stage_bytes() const {
  std::int64_t most = plan_.units.front().size() * plan_.unit.rows * plan_.unit.value_dim;
  const auto rows = [&](std::int64_t columns) { most = std::max(most, batch_ * columns); };
  for (const Matrix which : {Matrix::qkv, Matrix::out, Matrix::gate_up, Matrix::down})
    rows(share(which));
  rows(share(Matrix::q_down) + share(Matrix::kv_down));
  rows(share(Matrix::k_up) + share(Matrix::q_rope));
  rows(share(Matrix::v_up));
  if (!has_experts()) return job_.residual_bytes(most);
  const std::int64_t gated =
      model_.experts->per_token * share(Matrix::expert_gate_up) + share(Matrix::shared_gate_up);
  return std::max({job_.residual_bytes(most), activations(batch_ * gated),
                   states(batch_ * share(Matrix::router))});
}

std::int64_t Planner::acc_elements() const {
  return plan_.rings.acc.slot_bytes().count() * 8 / isa::bits_of(job_.formats.accumulator);
}

void Planner::place_buffers() {
  const auto residuals = [&](std::int64_t width) { return job_.residual_bytes(batch_ * width); };
  auto& buffers = plan_.buffers;
  std::int64_t gated = shapes_[static_cast<std::size_t>(Matrix::gate_up)].n;
  if (has_experts()) {
    const Experts& experts = *model_.experts;
    gated = std::max(gated, experts.per_token * experts.ffn + experts.shared_ffn);
  }
  buffers.x = spm_.take("the residual stream", residuals(model_.hidden));
  buffers.normed = spm_.take("normed activations", activations(batch_ * model_.hidden));
  buffers.y = spm_.take("results to add", residuals(model_.hidden));
  if (!model_.latent)
    buffers.qkv = spm_.take("queries, keys and values", residuals(model_.qkv_width()));
  buffers.heads = spm_.take("outputs of attention", activations(batch_ * model_.attention_width()));
  buffers.gated = spm_.take("gated activations", activations(batch_ * gated));
  buffers.stage = spm_.take("results on their way to other cores", stage_bytes());
  const std::int64_t columns = std::max(
      {share(Matrix::gate_up), share(Matrix::expert_gate_up), share(Matrix::shared_gate_up)});
  buffers.silu =
      spm_.take("silu", job_.residual_bytes(std::min(acc_elements() / 2, batch_ * columns)));
  buffers.rope = spm_.take("rotation", job_.residual_bytes(model_.rotary_dim()));
  buffers.state =
      spm_.take("attention state", states(2 * plan_.unit.rows * AttentionHead::kStateColumns));
}

void Planner::place_latent_buffers(const LatentAttention& latent) {
  LatentBuffers& to = plan_.latent;
  const std::int64_t q_rank = latent.q_rank.value_or(0);
  const auto take = [&](const char* what, std::int64_t width) {
    return spm_.take(what, activations(batch_ * width));
  };
  to.q_down = spm_.take("compressed queries", job_.residual_bytes(batch_ * q_rank));
  to.kv_down =
      spm_.take("latent vectors", job_.residual_bytes(batch_ * (latent.kv_rank + latent.rope_dim)));
  to.q_normed = take("normed compressed queries", q_rank);
  to.q_nope = take("unrotated queries", share(Matrix::q_nope));
  to.q_latent = take("queries in latent space", model_.heads * latent.kv_rank);
  to.q_rope = take("rotated queries", model_.heads * latent.rope_dim);
  to.output = take("outputs in latent space", model_.heads * latent.kv_rank);
}

/// Tokens of the expert that most visit, unless they lie side by side.
std::int64_t Planner::most_visitors() const {
  std::int64_t most = 0;
  for (const Routing& routing : plan_.routings) {
    for (const Visit& visit : routing) {
      if (!visit.adjacent()) most = std::max(most, visit.count());
    }
  }
  return most;
}

void Planner::place_expert_buffers(const Experts& experts) {
  ExpertBuffers& to = plan_.experts;
  const std::int64_t ranks = experts.per_token + (experts.shared_ffn > 0 ? 1 : 0);
  to.score.scores = spm_.take("scores of experts", states(batch_ * experts.router_width()));
  if (experts.shared_gate) {
    to.score.turned = spm_.take("scores by expert", states(batch_ * experts.router_width()));
    to.score.gate = spm_.take("gates of shared experts", states(batch_));
  }
  to.score.ranked = spm_.take("ranking of experts", states(batch_ * experts.count));
  to.score.top = spm_.take("highest scores", states(batch_));
  to.score.weights = spm_.take("weights of experts", states(batch_ * experts.per_token));
  to.score.sums = spm_.take("sums of weights", states(batch_));
  to.outputs = spm_.take("outputs of experts", states(batch_ * ranks * share(Matrix::expert_down)));
  plan_.rings.picks =
      spm_ring("picks", isa::bytes_of(batch_ * experts.per_token, isa::DataType::i32), 2);
  if (const std::int64_t most = most_visitors())
    plan_.rings.visitors = spm_ring("visitors", activations(most * model_.hidden), 2);
}

void Planner::place_small_rings() {
  const Formats& formats = job_.formats;
  auto& rings = plan_.rings;
  std::int64_t longest =
      std::max({model_.hidden, share(Matrix::qkv), model_.head_norm_parameters()});
  if (model_.latent)
    longest = std::max({longest, model_.latent->q_rank.value_or(0), model_.latent->kv_rank});
  if (has_experts()) longest = std::max(longest, model_.experts->count);
  const std::int64_t logits = std::min(acc_elements(), batch_ * share(Matrix::head));
  const Bytes row = isa::bytes_of(plan_.unit.rows, formats.activation);
  const std::int64_t most = job_.target.spm_bytes.count() / kProbabilityShare / row.count();
  plan_.chunk = std::max<std::int64_t>(1, std::min(plan_.chunk, most));
  const std::int64_t fresh = model_.latent ? plan_.unit.slot_dim : 2 * model_.head_dim;
  rings.vectors = spm_ring("vectors", job_.residual_bytes(longest), 3);
  rings.logits = spm_ring("logits", job_.residual_bytes(logits), 2);
  if (!model_.latent) rings.queries = spm_ring("queries", row * model_.head_dim, 2);
  rings.fresh = spm_ring("fresh", isa::bytes_of(fresh, formats.kv), 2);
  rings.probabilities = spm_ring("probabilities", row * plan_.chunk, 2);
}

/// Bytes in the scratchpad of `columns` columns of the matrix that needs most.
Bytes Planner::widest_tile(std::int64_t columns) const {
  Bytes widest = isa::bytes_of(plan_.unit.slot_dim, job_.formats.kv);
  for (const LinearShape& shape : shapes_) {
    if (shape.n == 0) continue;
    const std::int64_t width = shape.head > 0 ? shape.head : columns;
    widest = std::max(widest, isa::bytes_of(shape.k * shape.parts * width, job_.formats.weight));
  }
  return widest;
}

/// Slots long enough to hide descriptor start-ups, if four of them fit.
void Planner::place_weight_ring() {
  const Target& target = job_.target;
  const std::int64_t left = spm_.left().count() / kSpmAlignment * kSpmAlignment;
  const std::int64_t smallest = widest_tile(1).count();
  if (left < kMinSlots * smallest) spm_.take("a ring of weight tiles", Bytes{kMinSlots * smallest});
  spm_.check(where(), "use a smaller batch, or a chip with a larger scratchpad");
  const std::int64_t expansion =
      isa::bytes_of(1024, job_.formats.weight) / job_.formats.stored_bytes(128, 8);
  const std::int64_t hides =
      kStartUpShare * target.dma_start_cycles * target.dma_bytes_per_cycle * expansion;
  const std::int64_t wanted = std::max(hides, widest_tile(target.tile_n).count());
  const std::int64_t slot = std::min(wanted, left / kMinSlots) / kSpmAlignment * kSpmAlignment;
  const Bytes bytes{std::max(slot, round_up(smallest, kSpmAlignment))};
  const std::int64_t slots = std::min(kMaxSlots, left / bytes.count());
  plan_.rings.weights = spm_ring("weights", bytes, slots);
  limit_chunk(bytes);
  for (std::size_t i = 0; i < shapes_.size(); ++i)
    plan_.linears.push_back(sized(shapes_[i], columns_[i]));
  equalise(Matrix::expert_down, Matrix::shared_down);
}

/// Both with tiles as narrow as those of the narrower one, if there are both.
void Planner::equalise(Matrix a, Matrix b) {
  Linear& first = plan_.linears[static_cast<std::size_t>(a)];
  Linear& second = plan_.linears[static_cast<std::size_t>(b)];
  if (second.shape().n == 0) return;
  const std::int64_t width = std::min(first.width(), second.width());
  first = Linear{first.shape(), columns_[static_cast<std::size_t>(a)], width};
  second = Linear{second.shape(), columns_[static_cast<std::size_t>(b)], width};
}

/// A chunk of keys or values fits a slot, and all chunks are of about one size.
void Planner::limit_chunk(Bytes slot) {
  const std::int64_t tokens = job_.options.context + 1;
  std::int64_t most =
      std::min(plan_.chunk, slot / isa::bytes_of(plan_.unit.slot_dim, job_.formats.kv));
  if (most < tokens && most > job_.target.tile_n) most -= most % job_.target.tile_n;
  plan_.chunk = ceil_div(tokens, ceil_div(tokens, most));
}

Linear Planner::sized(const LinearShape& shape, const std::vector<Range>& columns) const {
  if (shape.n == 0 || shape.head > 0)
    return {shape, columns, std::max<std::int64_t>(1, shape.head)};
  const std::int64_t natural = job_.target.tile_n;
  const std::int64_t share = columns.front().size();
  const Bytes column = isa::bytes_of(shape.k * shape.parts, job_.formats.weight);
  const std::int64_t fits_slot = plan_.rings.weights.slot_bytes() / column;
  const std::int64_t fits_acc = acc_elements() / shape.parts;
  const std::int64_t all_rows = std::max(fits_acc / batch_, std::min(natural, fits_acc));
  std::int64_t width = std::min({fits_slot, all_rows, share});
  width = ceil_div(share, ceil_div(share, width));
  if (width > natural) {
    const std::int64_t up = round_up(width, natural);
    width = up <= std::min(fits_slot, all_rows) ? up : width - width % natural;
  }
  return {shape, columns, width};
}

}  // namespace

DecodePlan::DecodePlan(const Job& the_job) : job{the_job} {
  Planner{*this}.plan();
}

}  // namespace npulse::lowering
