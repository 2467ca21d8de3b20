// SPDX-License-Identifier: Apache-2.0
#include "traces/lowering/gemm_tiling.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "sim/core/error.h"
#include "traces/lowering/tile_cost.h"

namespace npulse::lowering {
namespace {

/// One way to do it: the largest share of a core, in tiles.
struct Candidate {
  std::int64_t grid_rows, grid_columns;
  std::int64_t share_m, share_n;
  std::int64_t m, n, k;
  bool keeps_a;
};

class Search {
 public:
  Search(const Gemm& gemm, const Formats& formats, const Target& target)
      : gemm_{gemm}, formats_{formats}, target_{target}, cost_{formats, target} {}

  std::optional<Candidate> best() {
    for (std::int64_t rows = 1; rows <= target_.cores; ++rows) {
      if (target_.cores % rows == 0) try_grid(rows, target_.cores / rows);
    }
    return best_;
  }

  Bytes spm_bytes(const Candidate& c) const {
    const std::int64_t chunks_of_a =
        c.keeps_a ? GemmTiling::kPanels * ceil_div(gemm_.k, c.k) : GemmTiling::kSlots;
    return a_bytes(c) * chunks_of_a + b_bytes(c) * GemmTiling::kSlots +
           isa::bytes_of(c.m * c.n, formats_.residual) * GemmTiling::kResults;
  }
  Bytes acc_bytes(const Candidate& c) const {
    return isa::bytes_of(c.m * c.n, formats_.accumulator) * GemmTiling::kResults;
  }

 private:
  Bytes a_bytes(const Candidate& c) const { return isa::bytes_of(c.m * c.k, formats_.activation); }
  Bytes b_bytes(const Candidate& c) const { return isa::bytes_of(c.k * c.n, formats_.weight); }

  /// Powers of two, those times the natural tile, and the whole extent.
  static std::vector<std::int64_t> sizes(std::int64_t natural, std::int64_t extent) {
    std::vector<std::int64_t> list{extent};
    for (std::int64_t size = 1; size < extent; size *= 2) list.push_back(size);
    for (std::int64_t size = natural; size < extent; size *= 2) list.push_back(size);
    std::sort(list.begin(), list.end());
    list.erase(std::unique(list.begin(), list.end()), list.end());
    return list;
  }

  static std::int64_t largest_share(std::int64_t n, std::int64_t parts, std::int64_t natural) {
    return split(n, parts, balanced_granule(n, parts, natural)).front().size();
  }

  void try_grid(std::int64_t rows, std::int64_t columns) {
    Candidate c{rows,
                columns,
                largest_share(gemm_.m, rows, target_.tile_m),
                largest_share(gemm_.n, columns, target_.tile_n),
                0,
                0,
                0,
                false};
    for (const std::int64_t k : sizes(target_.tile_k, gemm_.k)) {
      for (const std::int64_t n : sizes(target_.tile_n, c.share_n)) {
        for (const std::int64_t m : sizes(target_.tile_m, c.share_m)) {
          c.m = m;
          c.n = n;
          c.k = k;
          for (const bool keeps_a : {false, true}) {
            c.keeps_a = keeps_a;
            try_tile(c);
          }
        }
      }
    }
  }

  void try_tile(const Candidate& c) {
    if (spm_bytes(c) > target_.spm_bytes || acc_bytes(c) > target_.acc_bytes) return;
    const double cost = cycles(c);
    if (best_ && cost >= best_cost_) return;
    best_ = c;
    best_cost_ = cost;
  }

  /// The longest of array, memory and DMA engine, and what nothing hides at either end.
  double cycles(const Candidate& c) const {
    const std::int64_t tiles_m = ceil_div(c.share_m, c.m), tiles_n = ceil_div(c.share_n, c.n);
    const std::int64_t tiles = tiles_m * tiles_n * ceil_div(gemm_.k, c.k);
    const auto a_passes = static_cast<double>(c.keeps_a ? 1 : tiles_n);
    const double a = a_passes * cost_.rows_bytes(c.share_m, c.k, gemm_.k, formats_.activation);
    const double b = static_cast<double>(formats_.stored_bytes(gemm_.k, c.share_n).count()) *
                     static_cast<double>(tiles_m);
    const double stores =
        cost_.rows_bytes(c.share_m, std::min(c.n, c.share_n), c.share_n, formats_.residual) +
        cost_.merge_bytes(c.share_m, tiles_n, c.n, gemm_.n, formats_.residual);
    const double moved = a + b + stores;
    const double engine = cost_.engine_rate(), start = cost_.start_cycles();
    const double memory =
        moved * static_cast<double>(c.grid_rows * c.grid_columns) / cost_.memory_rate();
    const double dma = std::max(moved / engine, 2 * static_cast<double>(tiles) * start);
    const double one = cost_.array_cycles(c.m, c.n, c.k);
    const auto first = static_cast<double>((a_bytes(c) + b_bytes(c)).count());
    const auto last = static_cast<double>(isa::bytes_of(c.m * c.n, formats_.residual).count());
    const double ends = (first + last) / engine + 2 * start + one;
    return std::max({static_cast<double>(tiles) * one, memory, dma}) + ends;
  }

  const Gemm& gemm_;
  const Formats& formats_;
  const Target& target_;
  TileCost cost_;
  std::optional<Candidate> best_;
  double best_cost_ = 0;
};

}  // namespace

GemmTiling tile_gemm(const Gemm& gemm, const Formats& formats, const Target& target) {
  Search search{gemm, formats, target};
  const auto best = search.best();
  if (!best) {
    const Candidate one{1, 1, 1, 1, 1, 1, 1, false};
    throw InputError{
        fmt::format("gemm:{},{},{}", gemm.m, gemm.n, gemm.k),
        fmt::format(
            "needs at least {} bytes of scratchpad and {} of accumulators; {} has {} and {}",
            search.spm_bytes(one).count(), search.acc_bytes(one).count(), target.name,
            target.spm_bytes.count(), target.acc_bytes.count())};
  }
  const auto shares = [](std::int64_t n, std::int64_t parts, std::int64_t natural) {
    auto ranges = split(n, parts, balanced_granule(n, parts, natural));
    std::erase_if(ranges, [](const Range& range) { return range.size() == 0; });
    return ranges;
  };
  return {best->m,
          best->n,
          best->k,
          best->keeps_a,
          shares(gemm.m, best->grid_rows, target.tile_m),
          shares(gemm.n, best->grid_columns, target.tile_n)};
}

}  // namespace npulse::lowering
