// SPDX-License-Identifier: Apache-2.0
#include "traces/lowering/decode_plan.h"

#include <fmt/format.h>

#include <algorithm>

#include "sim/core/error.h"
#include "traces/lowering/attention.h"

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
        spm_{"scratchpad of " + job_.target.name, job_.target.spm_bytes, Bytes{kSpmAlignment}},
        dram_{"memory of " + job_.target.name, job_.target.dram_bytes,
              job_.target.dram_access_bytes, kMostAlignment} {}

  void plan() {
    declare_events();
    split_work();
    place_accumulators();
    place_buffers();
    place_small_rings();
    place_weight_ring();
    place_memory();
  }

 private:
  void declare_events();
  void split_work();
  void place_accumulators();
  void place_buffers();
  void place_small_rings();
  void place_weight_ring();
  void place_memory();
  void limit_chunk(Bytes slot);
  Bytes stage_bytes() const;
  Bytes widest_tile(std::int64_t columns) const;
  std::int64_t acc_elements() const;
  Linear sized(const LinearShape& shape, const std::vector<Range>& columns) const;
  Ring spm_ring(const std::string& name, Bytes slot, std::int64_t slots);
  const std::vector<Range>& share(Matrix which) const {
    return columns_[static_cast<std::size_t>(which)];
  }
  std::string where() const {
    return fmt::format("{}, decode, batch {}, context {}", model_.name, batch_,
                       job_.options.context);
  }

  DecodePlan& plan_;
  const Job& job_;
  const Transformer& model_;
  std::int64_t batch_;
  SpaceAllocator spm_, dram_;
  std::vector<LinearShape> shapes_;
  std::vector<std::vector<Range>> columns_;  ///< By matrix and core.
};

void Planner::declare_events() {
  auto& events = plan_.events;
  plan_.event = {events.add("embedded"), events.add("normed"), events.add("staged"),
                 events.add("rotation"), events.add("gathered", isa::EventScope::chip)};
}

void Planner::split_work() {
  shapes_ = matrix_shapes(model_);
  for (const LinearShape& shape : shapes_) {
    const std::int64_t granule = balanced_granule(shape.n, job_.cores, job_.target.tile_n);
    columns_.push_back(split(shape.n, job_.cores, granule));
  }
  plan_.units = split(model_.kv_heads * batch_, job_.cores, 1);
}

/// Attention and linear layers use the accumulators in turn: between them lies a gather that waits
/// for all of the core's own work.
void Planner::place_accumulators() {
  const std::int64_t acc = job_.target.acc_bytes.count();
  const Bytes output = isa::bytes_of(model_.group() * model_.head_dim, job_.formats.score);
  const std::int64_t column = isa::bytes_of(model_.group(), job_.formats.score).count();
  const std::int64_t pair = isa::bytes_of(2, job_.formats.accumulator).count();
  const std::int64_t needs = 2 * std::max(output.count() + column, pair);
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

Bytes Planner::stage_bytes() const {
  std::int64_t most = plan_.units.front().size() * model_.group() * model_.head_dim;
  for (const Matrix which : {Matrix::qkv, Matrix::out, Matrix::gate_up, Matrix::down}) {
    most = std::max(most, batch_ * share(which).front().size());
  }
  return job_.residual_bytes(most);
}

std::int64_t Planner::acc_elements() const {
  return plan_.rings.acc.slot_bytes().count() * 8 / isa::bits_of(job_.formats.accumulator);
}

void Planner::place_buffers() {
  const Formats& formats = job_.formats;
  const auto activations = [&](std::int64_t width) {
    return isa::bytes_of(batch_ * width, formats.activation);
  };
  const auto residuals = [&](std::int64_t width) { return job_.residual_bytes(batch_ * width); };
  auto& buffers = plan_.buffers;
  buffers.x = spm_.take("the residual stream", residuals(model_.hidden));
  buffers.normed = spm_.take("normed activations", activations(model_.hidden));
  buffers.y = spm_.take("results to add", residuals(model_.hidden));
  buffers.qkv = spm_.take("queries, keys and values", residuals(model_.qkv_width()));
  buffers.heads = spm_.take("outputs of attention", activations(model_.q_width()));
  buffers.gated = spm_.take("gated activations", activations(model_.ffn));
  buffers.stage = spm_.take("results on their way to other cores", stage_bytes());
  buffers.silu =
      spm_.take("silu", job_.residual_bytes(std::min(
                            acc_elements() / 2, batch_ * share(Matrix::gate_up).front().size())));
  buffers.rope = spm_.take("rotation", job_.residual_bytes(model_.head_dim));
  buffers.state =
      spm_.take("attention state",
                isa::bytes_of(2 * model_.group() * AttentionHead::kStateColumns, formats.state));
}

void Planner::place_small_rings() {
  const Formats& formats = job_.formats;
  auto& rings = plan_.rings;
  const std::int64_t longest =
      std::max({model_.hidden, share(Matrix::qkv).front().size(), model_.head_norm_parameters()});
  const std::int64_t logits = std::min(acc_elements(), batch_ * share(Matrix::head).front().size());
  const Bytes row = isa::bytes_of(model_.group(), formats.activation);
  const std::int64_t most = job_.target.spm_bytes.count() / kProbabilityShare / row.count();
  plan_.chunk = std::max<std::int64_t>(1, std::min(plan_.chunk, most));
  rings.vectors = spm_ring("vectors", job_.residual_bytes(longest), 3);
  rings.logits = spm_ring("logits", job_.residual_bytes(logits), 2);
  rings.queries = spm_ring("queries", row * model_.head_dim, 2);
  rings.fresh = spm_ring("fresh", isa::bytes_of(2 * model_.head_dim, formats.kv), 2);
  rings.probabilities = spm_ring("probabilities", row * plan_.chunk, 2);
}

/// Bytes in the scratchpad of `columns` columns of the matrix that needs most.
Bytes Planner::widest_tile(std::int64_t columns) const {
  Bytes widest = isa::bytes_of(model_.head_dim, job_.formats.kv);
  for (const LinearShape& shape : shapes_) {
    widest = std::max(widest, isa::bytes_of(shape.k * shape.parts * columns, job_.formats.weight));
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
}

/// A chunk of keys or values fits a slot, and all chunks are of about one size.
void Planner::limit_chunk(Bytes slot) {
  const std::int64_t tokens = job_.options.context + 1;
  std::int64_t most = std::min(plan_.chunk, slot / isa::bytes_of(model_.head_dim, job_.formats.kv));
  if (most < tokens && most > job_.target.tile_n) most -= most % job_.target.tile_n;
  plan_.chunk = ceil_div(tokens, ceil_div(tokens, most));
}

Linear Planner::sized(const LinearShape& shape, const std::vector<Range>& columns) const {
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

void Planner::place_memory() {
  const std::int64_t layers = job_.layers.size();
  for (std::size_t i = 0; i < plan_.linears.size(); ++i) {
    const bool is_head = static_cast<Matrix>(i) == Matrix::head;
    if (!is_head || job_.has_head())
      plan_.linears[i].place(dram_, is_head ? 1 : layers, job_.formats);
  }
  auto& memory = plan_.memory;
  const auto residuals = [&](std::int64_t n) { return job_.residual_bytes(n); };
  if (job_.embeds())
    memory.embedding = dram_.take("embeddings", residuals(model_.vocab * model_.hidden));
  memory.norms = dram_.take("norms", residuals((2 * layers + 1) * model_.hidden));
  if (model_.qkv_bias) memory.biases = dram_.take("biases", residuals(layers * model_.qkv_width()));
  if (model_.qk_norm) {
    memory.head_norms =
        dram_.take("norms of q and k", residuals(layers * model_.head_norm_parameters()));
  }
  memory.rotation = dram_.take("rotations", residuals(model_.head_dim));
  memory.x = dram_.take("activations", residuals(batch_ * model_.hidden));
  if (job_.has_head()) memory.logits = dram_.take("logits", residuals(batch_ * model_.vocab));
  plan_.cache = KvCache{dram_,
                        {layers, model_.kv_heads, batch_, job_.options.context + 1, model_.head_dim,
                         job_.formats.kv}};
  dram_.check(where(), "use narrower weights, a smaller batch or context, or fewer layers");
}

}  // namespace

DecodePlan::DecodePlan(const Job& the_job) : job{the_job} {
  Planner{*this}.plan();
}

}  // namespace npulse::lowering
