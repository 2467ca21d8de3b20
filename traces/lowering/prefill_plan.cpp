// SPDX-License-Identifier: Apache-2.0
#include "traces/lowering/prefill_plan.h"

#include <fmt/format.h>

#include <algorithm>

#include "sim/core/error.h"
#include "traces/lowering/arena.h"
#include "traces/lowering/attention.h"
#include "traces/lowering/attention_cost.h"
#include "traces/lowering/panel_mapping.h"

namespace npulse::lowering {
namespace {

constexpr std::int64_t kWeightPercent = 40;  // of the scratchpad, for tiles of weights
constexpr std::int64_t kManySlots = 4, kFewSlots = 2;
constexpr std::int64_t kRowBlock = 64;  // rows of embedding and norms handled at a time

class Planner {
 public:
  explicit Planner(PrefillPlan& plan)
      : plan_{plan},
        job_{plan.job},
        model_{plan.job.model},
        spm_{"scratchpad of " + job_.target.name, job_.target.spm_bytes, Bytes{kSpmAlignment}},
        dram_{"memory of " + job_.target.name, job_.target.dram_bytes,
              job_.target.dram_access_bytes, kMostAlignment} {}

  void plan() {
    plan_.stored = plan_.events.add("stored", isa::EventScope::chip);
    plan_.normed = plan_.events.add("normed");
    plan_.loaded = plan_.events.add("loaded");
    plan_.acc = Ring{plan_.events, "acc", 0, Bytes{job_.target.acc_bytes.count() / 2}, 2};
    split_work();
    place_fixed();
    tile_panels();
    lay_out_rows();
    if (has_experts()) lay_out_combine(*model_.experts);
    if (model_.latent) lay_out_latent(*model_.latent);
    lay_out_head();
    for (std::size_t i = 0; i < shapes_.size(); ++i)
      plan_.linears.emplace_back(shapes_[i], columns_[i], widths_[i]);
    place_memory();
    lay_out_attention();
    dram_.check(where(), "use narrower weights, a smaller batch or context, or fewer layers");
  }

 private:
  void split_work();
  void place_fixed();
  void tile_panels();
  void lay_out_panel(Matrix which, const PanelTiling& tiling);
  void lay_out_attention();
  void lay_out_rows();
  void lay_out_combine(const Experts& experts);
  void lay_out_latent(const LatentAttention& latent);
  void lay_out_head();
  void place_memory();
  void place_latent_memory(const LatentAttention& latent);
  void place_expert_memory(const Experts& experts);
  std::int64_t most_visitors() const;
  bool has_experts() const { return job_.routed_before(job_.layers.size()) > 0; }
  Bytes result_bytes(Matrix which, std::int64_t elements) const {
    return which == Matrix::router ? isa::bytes_of(elements, job_.formats.state)
                                   : job_.residual_bytes(elements);
  }
  Bytes smallest_slot() const;
  /// Columns that a tile must have; 0: any number.
  std::int64_t head_width(std::size_t matrix) const {
    return static_cast<Matrix>(matrix) == Matrix::qkv ? model_.head_dim : shapes_[matrix].head;
  }
  const std::vector<Range>& share(Matrix which) const {
    return columns_[static_cast<std::size_t>(which)];
  }
  std::string where() const {
    return fmt::format("{}, prefill, batch {}, context {}", model_.name, job_.options.batch,
                       job_.options.context);
  }
  [[noreturn]] void does_not_fit(const char* what) const {
    throw InputError{
        where(),
        fmt::format("no tile of {} fits: {} has {} bytes of scratchpad and {} of accumulators",
                    what, job_.target.name, job_.target.spm_bytes.count(),
                    job_.target.acc_bytes.count()),
        "use narrower types, or a chip with larger memories"};
  }

  PrefillPlan& plan_;
  const Job& job_;
  const Transformer& model_;
  SpaceAllocator spm_, dram_;
  std::vector<LinearShape> shapes_;
  std::vector<std::vector<Range>> columns_;  ///< By matrix and core.
  std::vector<std::int64_t> widths_;         ///< By matrix: columns of a tile.
  Address arena_ = 0;
  Bytes arena_bytes_{};
};

/// Queries, keys and values are split by heads: a tile is one head, so that its rotation is one
/// vector operation and its rows lie dense in memory.
void Planner::split_work() {
  shapes_ = matrix_shapes(job_);
  for (std::size_t i = 0; i < shapes_.size(); ++i) {
    const std::int64_t n = shapes_[i].n, head = head_width(i);
    const std::int64_t granule =
        head > 0 ? head : balanced_granule(n, job_.cores, job_.target.tile_n);
    columns_.push_back(split(n, job_.cores, granule));
  }
  widths_.assign(shapes_.size(), 1);
  for (std::int64_t layer = 0; layer < job_.layers.size(); ++layer) {
    plan_.routings.emplace_back();
    if (!job_.routed(layer)) continue;
    plan_.routings.back() =
        route(*model_.experts, job_.options.experts, job_.layers.first + layer, plan_.rows());
  }
}

std::int64_t Planner::most_visitors() const {
  std::int64_t most = 1;
  for (const Routing& routing : plan_.routings) {
    for (const Visit& visit : routing) most = std::max(most, visit.count());
  }
  return most;
}

/// A tile of one column of every matrix, and one head where tiles are heads.
Bytes Planner::smallest_slot() const {
  Bytes smallest{};
  for (std::size_t i = 0; i < shapes_.size(); ++i) {
    const LinearShape& shape = shapes_[i];
    if (shape.n == 0) continue;
    const std::int64_t columns = std::max<std::int64_t>(head_width(i), 1) * shape.parts;
    smallest = std::max(smallest, isa::bytes_of(shape.k * columns, job_.formats.weight));
  }
  return smallest;
}

void Planner::place_fixed() {
  const auto ring = [&](const char* name, Bytes slot, std::int64_t slots) {
    const Bytes aligned{round_up(slot.count(), kSpmAlignment)};
    return Ring{plan_.events, name, spm_.take(name, aligned * slots), aligned, slots};
  };
  const std::int64_t budget = job_.target.spm_bytes.count() * kWeightPercent / 100;
  const std::int64_t smallest = smallest_slot().count();
  const std::int64_t slots = budget / smallest >= kManySlots ? kManySlots : kFewSlots;
  plan_.weights = ring(
      "weights", Bytes{std::max(smallest, budget / slots / kSpmAlignment * kSpmAlignment)}, slots);
  const std::int64_t longest = std::max({model_.hidden, has_experts() ? model_.experts->count : 0,
                                         model_.latent ? model_.latent->norm_width() : 0});
  plan_.vectors = ring("norms", job_.residual_bytes(longest), 2);
  if (model_.qkv_bias)
    plan_.biases = ring("biases", job_.residual_bytes(share(Matrix::qkv).front().size()), 2);
  if (model_.qk_norm)
    plan_.head_norms =
        ring("norms of q and k", job_.residual_bytes(model_.head_norm_parameters()), 2);
  spm_.check(where(), "use narrower types, or a chip with a larger scratchpad");
  arena_bytes_ = spm_.left();
  arena_ = spm_.take("arena", arena_bytes_);
}

void Planner::tile_panels() {
  MappingUse use{job_.options.mapping};
  plan_.tilings.resize(shapes_.size());
  plan_.panels.resize(shapes_.size());
  plan_.limits.resize(shapes_.size());
  for (std::size_t i = 0; i < shapes_.size(); ++i) {
    const auto which = static_cast<Matrix>(i);
    const LinearShape& shape = shapes_[i];
    if (shape.n == 0 || which == Matrix::head) continue;
    PanelLimits& limits = plan_.limits[i];
    limits.arena = arena_bytes_ - Bytes{16 * kSpmAlignment};  // for rounding up of buffers
    limits.weight_slot = plan_.weights.slot_bytes();
    limits.stage_buffers = which == Matrix::router ? 12 : 6;  // of twice as many bits
    if (head_width(i) > 0) limits.width = head_width(i);
    if (has_rotation(which))
      limits.row_extra_bytes = job_.residual_bytes(model_.rotary_dim()).count();
    const bool visited = which == Matrix::expert_gate_up || which == Matrix::expert_down;
    const std::int64_t rows = visited ? most_visitors() : plan_.rows();
    const PanelProblem problem{job_, shape, share(which).front().size(), rows, limits};
    const auto tiling = tile_as_asked(use.layer(shape.region, freedom_of_panel()), problem);
    if (!tiling) does_not_fit(shape.region);
    use.chose(mapping_of(problem, *tiling));
    plan_.tilings[i] = *tiling;
    widths_[i] = tiling->width;
    lay_out_panel(which, *tiling);
  }
  plan_.choices = use.finish();
}

void Planner::lay_out_panel(Matrix which, const PanelTiling& tiling) {
  const LinearShape& shape = shapes_[static_cast<std::size_t>(which)];
  Arena arena{plan_.events, shape.region, arena_};
  const Bytes results = result_bytes(which, tiling.width * tiling.block_rows);
  Bytes block = isa::bytes_of(shape.k * tiling.block_rows, job_.formats.activation);
  if (has_rotation(which)) block += job_.residual_bytes(model_.rotary_dim() * tiling.block_rows);
  PanelRings rings;
  rings.stage = arena.ring("stage", results, 3);
  rings.addends = arena.ring("addends", results, 2);
  rings.scratch = arena.take(results);
  rings.rows = Ring{plan_.events, std::string{shape.region} + ".rows",
                    arena.take(block * tiling.block_slots), block, tiling.block_slots};
  plan_.panels[static_cast<std::size_t>(which)] = std::move(rings);
}

/// The form that options ask for, else the faster one of those that fit.
void Planner::lay_out_attention() {
  const Bytes room = arena_bytes_ - Bytes{16 * kSpmAlignment};  // for rounding up of buffers
  const AttentionForm form = job_.options.attention;
  const AttentionJob job = plan_.attention();
  std::optional<FlashTiling> fused;
  std::optional<UnfusedTiling> unfused;
  if (form != AttentionForm::unfused) fused = tile_flash(job, room);
  const bool in_memory = form == AttentionForm::unfused || score_bytes(job) <= dram_.left();
  if (form != AttentionForm::fused && in_memory) unfused = tile_unfused(job, room);
  if (!fused && !unfused) does_not_fit("attention");
  if (fused && (!unfused || cycles_of(job, *fused) <= cycles_of(job, *unfused))) {
    plan_.flash = *fused;
    plan_.flash_rings = lay_out_flash(job, *fused, plan_.events, "attn", arena_);
    return;
  }
  const ScoreMemory memory{dram_.take("scores of unfused attention", score_bytes(job)),
                           score_row_pitch(job)};
  plan_.unfused =
      UnfusedPlan{*unfused, lay_out_unfused(job, *unfused, plan_.events, arena_), memory};
}

void Planner::lay_out_rows() {
  Arena arena{plan_.events, "row", arena_};
  const Bytes row = job_.residual_bytes(model_.hidden) * 4;
  const std::int64_t fit = (arena_bytes_.count() - 4 * kSpmAlignment) / row.count();
  if (fit < 1) does_not_fit("norms");
  plan_.row_rings.block_rows = std::min(kRowBlock, fit);
  const std::int64_t elements = plan_.row_rings.block_rows * model_.hidden;
  plan_.row_rings.in = arena.ring("in", job_.residual_bytes(elements), 2);
  plan_.row_rings.out = arena.ring("out", isa::bytes_of(elements, job_.formats.activation), 2);
}

void Planner::lay_out_latent(const LatentAttention& latent) {
  const auto activations = [&](std::int64_t n) {
    return isa::bytes_of(n, job_.formats.activation);
  };
  const std::int64_t kept = latent.kv_rank + latent.rope_dim;
  const Bytes in = job_.residual_bytes(latent.norm_width() + 2 * latent.rope_dim),
              out = activations(latent.norm_width()) + isa::bytes_of(kept, job_.formats.kv);
  const std::int64_t fit = (arena_bytes_.count() - 4 * kSpmAlignment) / ((in + out) * 2).count();
  if (fit < 1) does_not_fit("norms of latent vectors");
  Arena arena{plan_.events, "latent", arena_};
  LatentRings& to = plan_.latent;
  to.block_rows = std::min(kRowBlock, fit);
  to.in = arena.ring("in", in * to.block_rows, 2);
  to.out = arena.ring("out", out * to.block_rows, 2);
}

void Planner::lay_out_combine(const Experts& experts) {
  CombineBuffers& to = plan_.combine;
  const Formats& formats = job_.formats;
  const auto states = [&](std::int64_t n) { return isa::bytes_of(n, formats.state); };
  const auto picks = [&](std::int64_t rows) {
    return isa::bytes_of(rows * experts.per_token, isa::DataType::i32);
  };
  const Bytes row =
      states(4 * experts.router_width() + 2 * experts.per_token + 3 + 2 * model_.hidden) +
      picks(2) + job_.residual_bytes(4 * model_.hidden);
  const std::int64_t fit = (arena_bytes_.count() - 16 * kSpmAlignment) / row.count();
  if (fit < 1) does_not_fit("outputs of experts");
  const std::int64_t rows = to.block_rows = std::min({kRowBlock, fit, plan_.rows()});
  Arena arena{plan_.events, "moe", arena_};
  to.scores = arena.ring("scores", states(rows * experts.router_width()), 2);
  to.picks = arena.ring("picks", picks(rows), 2);
  to.x = arena.ring("x", job_.residual_bytes(rows * model_.hidden), 2);
  to.outputs = arena.ring("outputs", job_.residual_bytes(rows * model_.hidden), 2);
  to.score.ranked = arena.take(states(rows * experts.count));
  to.score.top = arena.take(states(rows));
  to.score.turned = arena.take(states(rows * experts.router_width()));
  to.score.gate = arena.take(states(rows));
  to.score.weights = arena.take(states(rows * experts.per_token));
  to.score.sums = arena.take(states(rows));
  to.turned = arena.take(states(rows * experts.per_token));
  to.sum = arena.take(states(rows * model_.hidden));
  to.product = arena.take(states(rows * model_.hidden));
}

void Planner::place_expert_memory(const Experts& experts) {
  auto& memory = plan_.memory;
  const std::int64_t rows = plan_.rows(), routed = job_.routed_before(job_.layers.size());
  const std::int64_t ranks = experts.per_token + (experts.shared_ffn > 0 ? 1 : 0);
  memory.scores = dram_.take("scores of experts",
                             isa::bytes_of(rows * experts.router_width(), job_.formats.state));
  memory.picks = dram_.take("picks of experts",
                            isa::bytes_of(routed * rows * experts.per_token, isa::DataType::i32));
  if (experts.score_bias) {
    memory.score_biases =
        dram_.take("biases of experts", job_.residual_bytes(routed * experts.count));
  }
  memory.shared_gated =
      dram_.take("gated activations of shared experts",
                 isa::bytes_of(rows * experts.shared_ffn, job_.formats.activation));
  memory.outputs =
      dram_.take("outputs of experts", job_.residual_bytes(ranks * rows * model_.hidden));
}

void Planner::lay_out_head() {
  const std::int64_t batch = job_.options.batch;
  const LinearShape& shape = shapes_[static_cast<std::size_t>(Matrix::head)];
  Arena arena{plan_.events, "head", arena_};
  plan_.head.x = arena.take(job_.residual_bytes(batch * model_.hidden));
  plan_.head.normed = arena.take(isa::bytes_of(batch * model_.hidden, job_.formats.activation));
  const std::int64_t acc = plan_.acc.slot_bytes() / isa::bytes_of(1, job_.formats.accumulator);
  const std::int64_t left =
      arena_bytes_.count() - static_cast<std::int64_t>(arena.end() - arena_) - 2 * kSpmAlignment;
  const std::int64_t staged = left > 0 ? left / 2 / job_.residual_bytes(1).count() : 0;
  const std::int64_t fits_slot =
      plan_.weights.slot_bytes() / isa::bytes_of(shape.k, job_.formats.weight);
  std::int64_t width = std::min({fits_slot, acc, staged, share(Matrix::head).front().size()});
  if (width < 1) does_not_fit("the last tokens");
  if (width > job_.target.tile_n) width -= width % job_.target.tile_n;
  const std::int64_t rows = std::min(batch, acc / width);
  while (width > 1 && rows * width > staged) width /= 2;
  if (rows * width > staged) does_not_fit("the last tokens");
  plan_.head.logits = arena.ring("logits", job_.residual_bytes(rows * width), 2);
  widths_[static_cast<std::size_t>(Matrix::head)] = width;
}

void Planner::place_memory() {
  const Formats& formats = job_.formats;
  const std::int64_t layers = job_.layers.size(), rows = plan_.rows();
  for (std::size_t i = 0; i < shapes_.size(); ++i) {
    const bool is_head = static_cast<Matrix>(i) == Matrix::head;
    if (shapes_[i].n > 0 && !is_head) plan_.linears[i].place(dram_, formats);
  }
  if (job_.has_head()) plan_.linears[static_cast<std::size_t>(Matrix::head)].place(dram_, formats);
  const auto residuals = [&](std::int64_t n) { return job_.residual_bytes(n); };
  const auto activations = [&](std::int64_t n) { return isa::bytes_of(n, formats.activation); };
  const std::int64_t nope = model_.latent ? model_.latent->nope_dim : model_.head_dim;
  auto& memory = plan_.memory;
  if (job_.embeds())
    memory.embedding = dram_.take("embeddings", residuals(model_.vocab * model_.hidden));
  memory.norms = dram_.take("norms", residuals((2 * layers + 1) * model_.hidden));
  if (model_.qk_norm) {
    memory.head_norms =
        dram_.take("norms of q and k", residuals(layers * model_.head_norm_parameters()));
  }
  if (model_.qkv_bias) memory.biases = dram_.take("biases", residuals(layers * model_.qkv_width()));
  memory.rotation = dram_.take("rotations", residuals(job_.options.context * model_.rotary_dim()));
  memory.x = dram_.take("the residual stream", residuals(rows * model_.hidden));
  memory.normed = dram_.take("normed activations", activations(rows * model_.hidden));
  memory.queries = dram_.take("queries", activations(rows * model_.heads * nope));
  memory.heads = dram_.take("outputs of attention", activations(rows * model_.attention_width()));
  memory.gated = dram_.take(
      "gated activations",
      activations(rows *
                  std::max(shapes_[static_cast<std::size_t>(Matrix::gate_up)].n,
                           has_experts() ? model_.experts->per_token * model_.experts->ffn : 0)));
  if (has_experts()) place_expert_memory(*model_.experts);
  if (job_.has_head())
    memory.logits = dram_.take("logits", residuals(job_.options.batch * model_.vocab));
  if (model_.latent) place_latent_memory(*model_.latent);
  plan_.cache = KvCache{dram_, cache_extent(job_, job_.options.context)};
}

void Planner::place_latent_memory(const LatentAttention& latent) {
  const Formats& formats = job_.formats;
  const std::int64_t rows = plan_.rows(), heads = model_.heads;
  const auto take = [&](const char* what, std::int64_t elements, isa::DataType type) {
    return dram_.take(what, isa::bytes_of(elements, type));
  };
  const std::int64_t q_rank = latent.q_rank.value_or(0);
  LatentMemory& to = plan_.memory.latent;
  plan_.memory.latent_norms =
      take("norms of latent vectors", job_.layers.size() * latent.norm_width(), formats.residual);
  to.q_down = take("compressed queries", rows * q_rank, formats.residual);
  to.kv_down = take("compressed keys and values", rows * (latent.kv_rank + latent.rope_dim),
                    formats.residual);
  to.q_normed = take("normed queries", rows * q_rank, formats.activation);
  to.latents = take("latent vectors", rows * latent.kv_rank, formats.activation);
  to.q_rope = take("rotated queries", rows * heads * latent.rope_dim, formats.activation);
  to.keys = take("expanded keys", rows * heads * latent.nope_dim, formats.kv);
  to.values = take("expanded values", rows * heads * latent.value_dim, formats.kv);
}

}  // namespace

PrefillPlan::PrefillPlan(const Job& the_job) : job{the_job} {
  Planner{*this}.plan();
}

}  // namespace npulse::lowering
