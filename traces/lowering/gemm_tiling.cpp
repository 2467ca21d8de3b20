// SPDX-License-Identifier: Apache-2.0
#include "traces/lowering/gemm_tiling.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "sim/core/error.h"

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
  /// Two partial accesses of a row turn the data bus around twice, which takes the time of so many.
  static constexpr double kMergeAccesses = 16;

 public:
  Search(const Gemm& gemm, const Formats& formats, const Target& target)
      : gemm_{gemm}, formats_{formats}, target_{target} {}

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
    const double a = a_passes * rows_bytes(c.share_m, c.k, gemm_.k, formats_.activation);
    const double b = static_cast<double>(formats_.stored_bytes(gemm_.k, c.share_n).count()) *
                     static_cast<double>(tiles_m);
    const double stores = rows_bytes(c.share_m, std::min(c.n, c.share_n), c.share_n, formats_.residual) +
                          merge_bytes(c.share_m, tiles_n, c.n, formats_.residual);
    const double moved = a + b + stores;
    const auto engine = static_cast<double>(target_.dma_bytes_per_cycle);
    const auto start = static_cast<double>(target_.dma_start_cycles);
    const double memory = moved * static_cast<double>(c.grid_rows * c.grid_columns) / memory_rate();
    const double dma = std::max(moved / engine, 2 * static_cast<double>(tiles) * start);
    const double array = static_cast<double>(tiles) * array_cycles(c);
    const auto first = static_cast<double>((a_bytes(c) + b_bytes(c)).count());
    const double ends = first / engine + 2 * start + array_cycles(c) +
                        static_cast<double>(c.m * c.n) * bytes(formats_.residual) / engine;
    return std::max({array, memory, dma}) + ends;
  }

  bool aligned(std::int64_t elements, isa::DataType type) const {
    return isa::bytes_of(elements, type).count() % target_.dram_access_bytes.count() == 0;
  }

  /// True when pieces of `piece` out of rows of `row` elements begin and end with whole accesses.
  bool whole_accesses(std::int64_t piece, std::int64_t row, isa::DataType type) const {
    return piece == row || (aligned(piece, type) && aligned(row, type));
  }

  /// What memory moves for `rows` rows in pieces: a piece that is cut moves whole accesses, and
  /// mostly one more.
  double rows_bytes(std::int64_t rows, std::int64_t piece, std::int64_t row,
                    isa::DataType type) const {
    if (whole_accesses(piece, row, type)) {
      return static_cast<double>(rows * row) * bytes(type);
    }
    const std::int64_t whole =
        round_up(isa::bytes_of(piece, type).count(), target_.dram_access_bytes.count());
    return static_cast<double>(rows * ceil_div(row, piece)) *
           (static_cast<double>(whole) + access());
  }

  /// What it costs on top to store c in `pieces` a row, when their ends must be read and merged.
  double merge_bytes(std::int64_t rows, std::int64_t pieces, std::int64_t piece, isa::DataType type) const {
    if (whole_accesses(piece, gemm_.n, type)) return 0;
    return static_cast<double>(rows * pieces) * kMergeAccesses * access();
  }

  double access() const { return static_cast<double>(target_.dram_access_bytes.count()); }

  double array_cycles(const Candidate& c) const {
    const auto padded =
        static_cast<double>(round_up(c.m, target_.tile_m) * round_up(c.n, target_.tile_n)) *
        static_cast<double>(round_up(c.k, target_.tile_k));
    const auto count = static_cast<double>(folds(c));
    return std::max(padded / rate(), count * static_cast<double>(target_.fold_min_cycles)) +
           count * static_cast<double>(target_.fold_overhead_cycles) +
           static_cast<double>(target_.tile_m + target_.tile_n);
  }

  /// Times that a tile loads the array anew.
  std::int64_t folds(const Candidate& c) const {
    const auto along = [](std::int64_t extent, std::int64_t tile) {
      return tile > 1 ? ceil_div(extent, tile) : 1;
    };
    return along(c.m, target_.tile_m) * along(c.n, target_.tile_n) * along(c.k, target_.tile_k);
  }

  double rate() const {
    std::int64_t slower = 0;
    for (const MatrixRate& entry : target_.matrix_rates) {
      const bool used = entry.type == formats_.activation || entry.type == formats_.weight;
      if (used && (slower == 0 || entry.macs_per_cycle < slower)) slower = entry.macs_per_cycle;
    }
    return static_cast<double>(std::max<std::int64_t>(slower, 1));
  }
  double memory_rate() const {
    return std::max(target_.dram_bytes_per_s / target_.clock_hertz, 1e-3);
  }
  static double bytes(isa::DataType type) { return isa::bits_of(type) / 8.0; }

  const Gemm& gemm_;
  const Formats& formats_;
  const Target& target_;
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
