// SPDX-License-Identifier: Apache-2.0
#include "traces/lowering/graph/contraction_tiling.h"

#include <algorithm>

#include "traces/lowering/graph/contraction_cost.h"
#include "traces/lowering/ranking.h"

namespace npulse::lowering {
namespace {

constexpr std::int64_t kSlotAlignment = 16;

Bytes slot(std::int64_t elements, isa::DataType type) {
  return Bytes{round_up(isa::bytes_of(elements, type).count(), kSlotAlignment)};
}

struct Candidate {
  TileShape tile;
  LoopOrder order;
  CoreGrid grid;
};

class Search {
 public:
  using Keeps = Ranking<Candidate>::Keeps;
  Search(const TilingProblem& problem, Keeps keeps)
      : loops_{problem.loops},
        extras_{problem.extras},
        formats_{problem.formats},
        target_{problem.target},
        wish_{problem.wish},
        cost_{loops_, extras_, formats_, target_},
        ranking_{keeps} {
    loops_.gathers = wish_.gathers.value_or(loops_.gathers);
  }

  /// A chip too small for multiples of its array takes less.
  std::vector<ContractionTiling> first(std::size_t most) {
    for (const CoreGrid& grid : grids()) try_grid(grid);
    if (ranking_.empty()) {
      multiple_n_ = multiple_k_ = 1;
      for (const CoreGrid& grid : grids()) try_grid(grid);
    }
    std::vector<ContractionTiling> list;
    for (const Candidate& found : std::move(ranking_).first(most)) list.push_back(made(found));
    return list;
  }

 private:
  ContractionTiling made(const Candidate& found) const {
    ContractionTiling tiling;
    tiling.tile = found.tile;
    tiling.order = found.order;
    tiling.packed_weights = wish_.packed_weights.value_or(tiling.packed_weights);
    tiling.keeps_operands = wish_.keeps_operands.value_or(tiling.keeps_operands);
    tiling.keeps_output = wish_.keeps_output.value_or(tiling.keeps_output);
    tiling.gathers = loops_.gathers;
    tiling.grid = found.grid;
    tiling.shares = grid_shares(loops_, found.grid, target_);
    return tiling;
  }

  std::vector<CoreGrid> grids() const {
    const std::int64_t cores = target_.cores;
    if (wish_.rows || wish_.columns) {
      const std::int64_t rows = wish_.rows ? *wish_.rows : cores / *wish_.columns;
      return {{rows, wish_.columns.value_or(cores / rows), wish_.whole_images}};
    }
    std::vector<CoreGrid> list;
    for (std::int64_t rows = 1; rows <= cores; ++rows) {
      if (cores % rows == 0) list.push_back({rows, cores / rows});
    }
    return list;
  }

  /// What is wished, or what there is to choose from.
  static std::vector<std::int64_t> sizes(const std::optional<std::int64_t>& wished,
                                         std::int64_t share, std::vector<std::int64_t> choice) {
    if (wished) return {std::min(*wished, share)};
    return choice;
  }

  /// Even parts of `extent`, rounded up to `multiple`: all, halves, thirds, quarters, sixths, ...
  static std::vector<std::int64_t> parts(std::int64_t extent, std::int64_t multiple,
                                         std::int64_t most) {
    std::vector<std::int64_t> sizes;
    for (std::int64_t n = 1; n <= most; n = n % 3 == 0 ? n / 3 * 4 : n == 1 ? 2 : n / 2 * 3) {
      sizes.push_back(std::min(extent, round_up(ceil_div(extent, n), multiple)));
      if (sizes.back() <= multiple) break;
    }
    sizes.erase(std::unique(sizes.begin(), sizes.end()), sizes.end());
    return sizes;
  }

  /// Channels out of a tile: parts of a group, or several groups.
  std::vector<std::int64_t> channel_sizes(std::int64_t share) const {
    if (loops_.groups == 1) return parts(share, multiple_n_, kMostParts);
    std::vector<std::int64_t> sizes;
    for (const std::int64_t n : parts(share / loops_.oc, 1, kMostParts)) {
      sizes.push_back(n * loops_.oc);
    }
    for (const std::int64_t n : parts(loops_.oc, multiple_n_, kMostParts)) sizes.push_back(n);
    return sizes;
  }

  void try_grid(const CoreGrid& grid) {
    const CoreShare share = grid_shares(loops_, grid, target_).front();
    const std::int64_t height = std::min(share.rows.size(), loops_.oh);
    const std::int64_t channels = share.channels.size();
    const auto heights = sizes(wish_.h, height, parts(height, 1, kMostParts));
    const auto widths = sizes(wish_.w, loops_.ow, parts(loops_.ow, 1, kMostWidths));
    const auto inputs = sizes(wish_.c, loops_.c, parts(loops_.c, multiple_k_, kMostParts));
    for (const std::int64_t oc : sizes(wish_.oc, channels, channel_sizes(channels))) {
      for (const std::int64_t c : inputs) {
        if (oc > loops_.oc && c < loops_.c) continue;  // several groups take all of theirs
        for (const std::int64_t w : widths) {
          int fitting = 0;  // much lower ones of the same width only cost more
          for (auto h = heights.begin(); h != heights.end() && fitting < kFittingHeights; ++h) {
            const TileShape tile{*h, w, oc, c};
            if (!fits(tile)) continue;
            ++fitting;
            try_tile({tile, LoopOrder::pixels_outer, grid}, share);
            try_tile({tile, LoopOrder::channels_outer, grid}, share);
          }
        }
      }
    }
  }

  bool fits(const TileShape& tile) const {
    const TileBytes bytes = bytes_of(loops_, tile, extras_, formats_);
    return bytes.scratchpad() <= target_.spm_bytes && bytes.accumulators() <= target_.acc_bytes;
  }

  void try_tile(const Candidate& candidate, const CoreShare& share) {
    if (candidate.order != wish_.order.value_or(candidate.order)) return;
    const CoreGrid& grid = candidate.grid;
    const Estimate estimate = cost_.estimate(
        {candidate.tile, candidate.order, share, grid, wish_.keeps_operands.value_or(true)});
    ranking_.take(estimate, candidate, 2 * grid.rows + static_cast<int>(candidate.order));
  }

  static constexpr std::int64_t kMostParts = 1 << 20, kMostWidths = 1 << 12;
  static constexpr int kFittingHeights = 5;

  Contraction loops_;
  const TileExtras& extras_;
  const Formats& formats_;
  const Target& target_;
  const ContractionWish& wish_;
  std::int64_t multiple_n_ = target_.tile_n, multiple_k_ = target_.tile_k;
  ContractionCost cost_;
  Ranking<Candidate> ranking_;
};

}  // namespace

std::span<const EnumName<LoopOrder>> enum_names(LoopOrder) {
  static constexpr EnumName<LoopOrder> kNames[] = {{LoopOrder::pixels_outer, "pixels_outer"},
                                                   {LoopOrder::channels_outer, "channels_outer"}};
  return kNames;
}

TileBytes bytes_of(const Contraction& loops, const TileShape& tile, const TileExtras& extras,
                   const Formats& formats) {
  const std::int64_t oc = std::min(tile.oc, loops.channels());
  const std::int64_t groups = std::max<std::int64_t>(1, oc / loops.oc);
  const std::int64_t out = tile.h * tile.w * oc;
  return {slot(input_pixels(loops, tile.h, tile.w) * groups * tile.c, formats.activation),
          slot(loops.taps() * tile.c * oc, formats.weight) +
              slot(oc, formats.accumulator) * extras.row_vectors,
          slot(out, formats.activation) * (extras.tensors > 0 ? 1 : 0),
          slot(out, formats.accumulator)};
}

std::vector<CoreShare> grid_shares(const Contraction& loops, const CoreGrid& grid,
                                   const Target& target) {
  const std::int64_t granule =
      loops.groups > 1 ? loops.oc : balanced_granule(loops.oc, grid.columns, target.tile_n);
  const std::int64_t rows = grid.whole_images ? loops.oh : 1;
  std::vector<CoreShare> shares;
  for (const Range& r : split(loops.rows(), grid.rows, rows)) {
    for (const Range& c : split(loops.channels(), grid.columns, granule)) shares.push_back({r, c});
  }
  return shares;
}

std::optional<ContractionTiling> tile_contraction(const TilingProblem& problem) {
  const auto best = Search{problem, Search::Keeps::best}.first(1);
  return best.empty() ? std::nullopt : std::optional{best.front()};
}

std::vector<ContractionTiling> rank_contraction(const TilingProblem& problem, std::size_t most) {
  return Search{problem, Search::Keeps::all}.first(most);
}

double estimated_cycles(const TilingProblem& problem, const ContractionTiling& tiling) {
  Contraction loops = problem.loops;
  loops.gathers = tiling.gathers;
  const ContractionCost cost{loops, problem.extras, problem.formats, problem.target};
  return cost
      .estimate(
          {tiling.tile, tiling.order, tiling.shares.front(), tiling.grid, tiling.keeps_operands})
      .cost;
}

TileBytes least_bytes(const TilingProblem& problem) {
  const ContractionWish& wish = problem.wish;
  const TileShape tile{wish.h.value_or(1), wish.w.value_or(1), wish.oc.value_or(1),
                       wish.c.value_or(1)};
  return bytes_of(problem.loops, tile, problem.extras, problem.formats);
}

}  // namespace npulse::lowering
