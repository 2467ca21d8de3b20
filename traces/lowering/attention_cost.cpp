// SPDX-License-Identifier: Apache-2.0
#include "traces/lowering/attention_cost.h"

#include <algorithm>

#include "sim/core/error.h"
#include "traces/lowering/partition.h"

namespace npulse::lowering {
namespace {

/// Lane operations of each (row, token) pair, and of each element of an output.
struct Prices {
  double copy = 0, softmax = 0, online = 0;
};

Prices prices_of(const VectorRates& rates) {
  const auto simple = static_cast<double>(rates.simple_cycles),
             transcendental = static_cast<double>(rates.transcendental_cycles),
             reduction = static_cast<double>(rates.reduction_cycles);
  return {simple, 3 * simple + transcendental + 2 * reduction,
          simple + transcendental + 2 * reduction};
}

/// What all heads of all prompts need, in cycles of one core that has its share of everything.
class Work {
 public:
  Work(const AttentionJob& job, const FlashTiling& tiling)
      : job_{job},
        shape_{job.shape},
        seen_{visible_scores(job.shape, tiling.rows)},
        pairs_{static_cast<double>(seen_.pairs * shape_.batch * shape_.heads)},
        tiles_{pairs_ / static_cast<double>(tiling.rows * tiling.chunk)} {}

  /// Products with keys, or with values, of `width`.
  double array(std::int64_t width) const {
    const Target& target = job_.target;
    std::int64_t rate = 1;
    for (const MatrixRate& entry : target.matrix_rates) {
      if (entry.type == job_.formats.activation) rate = entry.macs_per_cycle;
    }
    const double depth = static_cast<double>(round_up(width, target.tile_k));
    return share(pairs_ * depth / static_cast<double>(rate));
  }
  double lanes(double operations, double instructions) const {
    const VectorRates& rates = job_.target.vector_rates;
    const auto start = static_cast<double>(rates.start_cycles);
    return share(operations / static_cast<double>(rates.lanes) + instructions * start);
  }
  double memory(Bytes bytes) const {
    const Target& target = job_.target;
    const auto engines =
        static_cast<double>(std::max<std::int64_t>(1, target.dma_bytes_per_cycle) * job_.cores);
    const double dram = target.dram_bytes_per_s / target.clock_hertz;
    return static_cast<double>(bytes.count()) / (dram > 0 ? std::min(dram, engines) : engines);
  }
  /// Keys, or values, of `width`: again with each block of rows.
  Bytes tokens(std::int64_t width) const {
    return isa::bytes_of(seen_.tokens * shape_.batch * shape_.kv_heads * width, job_.formats.kv);
  }
  /// Queries, or outputs, of `width`.
  Bytes rows(std::int64_t width) const {
    return isa::bytes_of(query_rows() * width, job_.formats.activation);
  }
  /// Of all heads and sequences.
  std::int64_t query_rows() const { return shape_.batch * shape_.heads * shape_.rows; }
  double pairs() const { return pairs_; }
  double tiles() const { return tiles_; }

 private:
  double share(double cycles) const { return cycles / static_cast<double>(job_.cores); }

  const AttentionJob& job_;
  const AttentionShape& shape_;
  VisibleScores seen_;
  double pairs_, tiles_;  ///< (row, token) pairs of all heads; products of a tile with another.
};

}  // namespace

VisibleScores visible_scores(const AttentionShape& shape, std::int64_t rows) {
  VisibleScores sum;
  for (std::int64_t i = 0; i < ceil_div(shape.rows, rows); ++i) {
    const Range block = tile_of({0, shape.rows}, rows, i);
    sum.tokens += shape.seen(block.last);
    sum.pairs += block.size() * shape.seen(block.last);
  }
  return sum;
}

std::int64_t products_of(const AttentionShape& shape, std::int64_t rows) {
  return visible_scores(shape, rows).pairs * shape.batch * shape.heads *
         (shape.width + shape.value_width);
}

/// Everything overlaps. Online, each chunk rescales the output and costs a few columns of work.
double cycles_of(const AttentionJob& job, const FlashTiling& tiling) {
  constexpr std::int64_t kOnlineColumns = 9, kOnlineInstructions = 10;
  const AttentionShape& shape = job.shape;
  const Work work{job, tiling};
  const Prices prices = prices_of(job.target.vector_rates);
  const bool online = tiling.chunk < shape.tokens;
  const auto outputs = static_cast<double>(work.query_rows() * shape.value_width);
  const auto rescaled =
      static_cast<double>(tiling.rows * (shape.value_width + kOnlineColumns)) * work.tiles();
  const double operations = work.pairs() * (online ? prices.online : prices.softmax) +
                            ((online ? rescaled : 0) + outputs) * prices.copy;
  const Bytes moved = work.tokens(shape.width) + work.tokens(shape.value_width) +
                      work.rows(shape.width) + work.rows(shape.value_width);
  return std::max({work.array(shape.width) + work.array(shape.value_width),
                   work.lanes(operations, work.tiles() * (online ? kOnlineInstructions : 2)),
                   work.memory(moved)});
}

/// Three phases, one after the other: scores, softmax, products with values.
double cycles_of(const AttentionJob& job, const UnfusedTiling& tiling) {
  const AttentionShape& shape = job.shape;
  const Work work{job, tiling.products};
  const Prices prices = prices_of(job.target.vector_rates);
  const auto outputs = static_cast<double>(work.query_rows() * shape.value_width);
  const auto pairs = static_cast<std::int64_t>(work.pairs());
  const Bytes scores = isa::bytes_of(pairs, spilled_score(job.formats)),
              probabilities = isa::bytes_of(pairs, job.formats.activation);
  const auto softmaxes =
      static_cast<double>(work.query_rows()) / static_cast<double>(tiling.softmax_rows);
  const double first =
      std::max({work.array(shape.width), work.lanes(work.pairs() * prices.copy, work.tiles()),
                work.memory(work.tokens(shape.width) + work.rows(shape.width) + scores)});
  const double second = std::max(work.lanes(work.pairs() * prices.softmax, softmaxes),
                                 work.memory(scores + probabilities));
  const double third = std::max(
      {work.array(shape.value_width), work.lanes(outputs * prices.copy, 0),
       work.memory(work.tokens(shape.value_width) + work.rows(shape.value_width) + probabilities)});
  return first + second + third;
}

std::optional<FlashTiling> fused_tiling(const AttentionJob& job, AttentionForm form) {
  if (form == AttentionForm::unfused) return std::nullopt;
  const Bytes arena = job.target.spm_bytes - Bytes{16 * kSpmAlignment};  // for rounding up
  const auto fused = tile_flash(job, arena);
  if (form == AttentionForm::fused && !fused) {
    throw InputError{"attention", "no tile of its fused form fits " + job.target.name,
                     "leave the form to lowering"};
  }
  if (form == AttentionForm::fused || !fused) return fused;
  const auto unfused = tile_unfused(job, arena);
  const bool slower = unfused && cycles_of(job, *unfused) < cycles_of(job, *fused);
  return slower ? std::nullopt : fused;
}

Bytes score_traffic(const AttentionJob& job, const UnfusedTiling& tiling) {
  const AttentionShape& shape = job.shape;
  const std::int64_t pairs =
      visible_scores(shape, tiling.products.rows).pairs * shape.batch * shape.heads;
  return isa::bytes_of(pairs, spilled_score(job.formats)) +
         isa::bytes_of(pairs, job.formats.activation);
}

}  // namespace npulse::lowering
