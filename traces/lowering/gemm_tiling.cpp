// SPDX-License-Identifier: Apache-2.0
#include "traces/lowering/gemm_tiling.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "sim/core/error.h"
#include "traces/lowering/ranking.h"
#include "traces/lowering/tile_cost.h"

namespace npulse::lowering {
namespace {

/// One way to do it: the largest share of a core, in tiles.
struct Candidate {
  std::int64_t grid_rows, grid_columns;
  std::int64_t share_m, share_n;
  std::int64_t m, n, k;
  bool keeps_a;
  std::int64_t slots;
};

class Search {
 public:
  using Keeps = Ranking<Candidate>::Keeps;
  Search(const GemmProblem& problem, Keeps keeps)
      : gemm_{problem.gemm},
        formats_{problem.formats},
        target_{problem.target},
        wish_{problem.wish},
        cost_{formats_, target_},
        ranking_{keeps} {}

  std::vector<Candidate> first(std::size_t most) {
    for (const auto& [rows, columns] : grids()) try_grid(rows, columns);
    return std::move(ranking_).first(most);
  }

  Bytes spm_bytes(const Candidate& c) const {
    const std::int64_t chunks_of_a =
        c.keeps_a ? GemmTiling::kPanels * ceil_div(gemm_.k, c.k) : c.slots;
    return a_bytes(c) * chunks_of_a + b_bytes(c) * c.slots +
           isa::bytes_of(c.m * c.n, formats_.residual) * GemmTiling::kResults;
  }
  Bytes acc_bytes(const Candidate& c) const {
    return isa::bytes_of(c.m * c.n, formats_.accumulator) * GemmTiling::kResults;
  }

 private:
  Bytes a_bytes(const Candidate& c) const { return isa::bytes_of(c.m * c.k, formats_.activation); }
  Bytes b_bytes(const Candidate& c) const { return isa::bytes_of(c.k * c.n, formats_.weight); }

  std::vector<std::pair<std::int64_t, std::int64_t>> grids() const {
    const std::int64_t cores = target_.cores;
    if (wish_.rows || wish_.columns) {
      const std::int64_t rows = wish_.rows ? *wish_.rows : cores / *wish_.columns;
      return {{rows, wish_.columns.value_or(cores / rows)}};
    }
    std::vector<std::pair<std::int64_t, std::int64_t>> list;
    for (std::int64_t rows = 1; rows <= cores; ++rows) {
      if (cores % rows == 0) list.emplace_back(rows, cores / rows);
    }
    return list;
  }

  /// What is wished, or powers of two, those times the natural tile, and the whole extent.
  static std::vector<std::int64_t> sizes(const std::optional<std::int64_t>& wished,
                                         std::int64_t natural, std::int64_t extent) {
    if (wished) return {std::min(*wished, extent)};
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
                false,
                wish_.slots.value_or(GemmTiling::kSlots)};
    for (const std::int64_t k : sizes(wish_.k, target_.tile_k, gemm_.k)) {
      for (const std::int64_t n : sizes(wish_.n, target_.tile_n, c.share_n)) {
        for (const std::int64_t m : sizes(wish_.m, target_.tile_m, c.share_m)) {
          c.m = m;
          c.n = n;
          c.k = k;
          for (const bool keeps_a : {false, true}) {
            c.keeps_a = keeps_a;
            if (keeps_a == wish_.keeps_a.value_or(keeps_a)) try_tile(c);
          }
        }
      }
    }
  }

  void try_tile(const Candidate& c) {
    if (spm_bytes(c) > target_.spm_bytes || acc_bytes(c) > target_.acc_bytes) return;
    ranking_.take(cycles(c), c, 2 * c.grid_rows + (c.keeps_a ? 1 : 0));
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
    // A step reads what the one before has accumulated.
    const double one = cost_.array_cycles({c.m, c.n, c.k}) + cost_.drain_cycles();
    const auto first = static_cast<double>((a_bytes(c) + b_bytes(c)).count());
    const auto last = static_cast<double>(isa::bytes_of(c.m * c.n, formats_.residual).count());
    const double ends = (first + last) / engine + 2 * start + one;
    return std::max({static_cast<double>(tiles) * one, memory, dma}) + ends;
  }

  const Gemm& gemm_;
  const Formats& formats_;
  const Target& target_;
  const GemmWish& wish_;
  TileCost cost_;
  Ranking<Candidate> ranking_;
};

GemmTiling made(const GemmProblem& problem, const Candidate& found) {
  const auto shares = [](std::int64_t n, std::int64_t parts, std::int64_t natural) {
    auto ranges = split(n, parts, balanced_granule(n, parts, natural));
    std::erase_if(ranges, [](const Range& range) { return range.size() == 0; });
    return ranges;
  };
  return {found.m,
          found.n,
          found.k,
          found.keeps_a,
          found.slots,
          found.grid_rows,
          found.grid_columns,
          shares(problem.gemm.m, found.grid_rows, problem.target.tile_m),
          shares(problem.gemm.n, found.grid_columns, problem.target.tile_n)};
}

}  // namespace

std::optional<GemmTiling> tile_gemm(const GemmProblem& problem) {
  const auto best = Search{problem, Search::Keeps::best}.first(1);
  return best.empty() ? std::nullopt : std::optional{made(problem, best.front())};
}

GemmTiling tile_gemm(const Gemm& gemm, const Formats& formats, const Target& target) {
  const GemmProblem problem{gemm, formats, target};
  if (auto best = tile_gemm(problem)) return *best;
  const GemmBytes least = least_bytes(problem);
  throw InputError{
      fmt::format("gemm:{},{},{}", gemm.m, gemm.n, gemm.k),
      fmt::format("needs at least {} bytes of scratchpad and {} of accumulators; {} has {} and {}",
                  least.scratchpad.count(), least.accumulators.count(), target.name,
                  target.spm_bytes.count(), target.acc_bytes.count())};
}

std::vector<GemmTiling> rank_gemm(const GemmProblem& problem, std::size_t most) {
  std::vector<GemmTiling> list;
  for (const Candidate& found : Search{problem, Search::Keeps::all}.first(most))
    list.push_back(made(problem, found));
  return list;
}

GemmBytes least_bytes(const GemmProblem& problem) {
  const GemmWish& wish = problem.wish;
  const Candidate least{1,
                        1,
                        1,
                        1,
                        wish.m.value_or(1),
                        wish.n.value_or(1),
                        wish.k.value_or(1),
                        wish.keeps_a.value_or(false),
                        wish.slots.value_or(GemmTiling::kSlots)};
  const Search search{problem, Search::Keeps::best};
  return {search.spm_bytes(least), search.acc_bytes(least)};
}

}  // namespace npulse::lowering
