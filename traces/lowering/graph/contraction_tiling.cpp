// SPDX-License-Identifier: Apache-2.0
#include "traces/lowering/graph/contraction_tiling.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "sim/core/error.h"
#include "traces/lowering/tile_cost.h"

namespace npulse::lowering {
namespace {

constexpr std::int64_t kSlotAlignment = 16;

Bytes slot(std::int64_t elements, isa::DataType type) {
  return Bytes{round_up(isa::bytes_of(elements, type).count(), kSlotAlignment)};
}

/// Tiles in a share of a core, and how many of each operand there are to fetch.
struct Visits {
  std::int64_t pixels = 1, channels = 1, chunks = 1;

  std::int64_t all() const { return pixels * channels * chunks; }
};

class Search {
 public:
  Search(const Contraction& loops, const TileExtras& extras, const Formats& formats,
         const Target& target)
      : loops_{loops},
        extras_{extras},
        formats_{formats},
        target_{target},
        cost_{formats, target} {}

  std::optional<ContractionTiling> best() {
    for (std::int64_t rows = 1; rows <= target_.cores; ++rows) {
      if (target_.cores % rows == 0) try_grid(rows, target_.cores / rows);
    }
    if (best_) best_->shares = grid_shares(loops_, grid_rows_, grid_columns_, target_);
    return best_;
  }

 private:
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
    if (loops_.groups == 1) return parts(share, target_.tile_n, kMostParts);
    std::vector<std::int64_t> sizes;
    for (const std::int64_t n : parts(share / loops_.oc, 1, kMostParts)) {
      sizes.push_back(n * loops_.oc);
    }
    for (const std::int64_t n : parts(loops_.oc, target_.tile_n, kMostParts)) sizes.push_back(n);
    return sizes;
  }

  void try_grid(std::int64_t rows, std::int64_t columns) {
    const CoreShare share = grid_shares(loops_, rows, columns, target_).front();
    const std::int64_t height = std::min(share.rows.size(), loops_.oh);
    const auto heights = parts(height, 1, kMostParts), widths = parts(loops_.ow, 1, kMostWidths);
    const auto inputs = parts(loops_.c, target_.tile_k, kMostParts);
    for (const std::int64_t oc : channel_sizes(share.channels.size())) {
      for (const std::int64_t c : inputs) {
        if (oc > loops_.oc && c < loops_.c) continue;  // several groups take all of theirs
        for (const std::int64_t w : widths) {
          int fitting = 0;  // much lower ones of the same width only cost more
          for (auto h = heights.begin(); h != heights.end() && fitting < kFittingHeights; ++h) {
            const TileShape tile{*h, w, oc, c};
            if (!fits(tile)) continue;
            ++fitting;
            try_tile(tile, share, LoopOrder::pixels_outer, rows, columns);
            try_tile(tile, share, LoopOrder::channels_outer, rows, columns);
          }
        }
      }
    }
  }

  bool fits(const TileShape& tile) const {
    const TileBytes bytes = bytes_of(loops_, tile, extras_, formats_);
    return bytes.scratchpad() <= target_.spm_bytes && bytes.accumulators() <= target_.acc_bytes;
  }

  void try_tile(const TileShape& tile, const CoreShare& share, LoopOrder order, std::int64_t rows,
                std::int64_t columns) {
    const double cycles = estimate(tile, share, order, rows * columns);
    if (best_ && cycles >= best_cycles_) return;
    best_.emplace();
    best_->tile = tile;
    best_->order = order;
    best_cycles_ = cycles;
    grid_rows_ = rows;
    grid_columns_ = columns;
  }

  Visits visits(const TileShape& tile, const CoreShare& share) const {
    const std::int64_t height = std::min(share.rows.size(), loops_.oh);
    const std::int64_t images = ceil_div(share.rows.size(), loops_.oh);
    return {images * ceil_div(height, tile.h) * ceil_div(loops_.ow, tile.w),
            ceil_div(share.channels.size(), tile.oc),
            tile.oc > loops_.oc ? 1 : ceil_div(loops_.c, tile.c)};
  }

  /// How often an operand with `distinct` tiles is fetched when it is needed `all` times, `outer`
  /// times over again; two tiles stay for good.
  static std::int64_t fetches(std::int64_t distinct, std::int64_t all, bool stays) {
    return stays || distinct <= ContractionTiling::kSlots ? distinct : all;
  }

  /// The longest of array, memory and DMA engine, and what nothing hides at either end.
  double estimate(const TileShape& tile, const CoreShare& share, LoopOrder order,
                  std::int64_t cores) const {
    const Visits v = visits(tile, share);
    const bool pixels_outer = order == LoopOrder::pixels_outer;
    const std::int64_t own_input = loops_.groups > 1 ? v.channels : 1;
    const std::int64_t inputs = fetches(v.pixels * v.chunks * own_input, v.all(),
                                        v.channels == own_input || (pixels_outer && v.chunks <= 2));
    const std::int64_t per_batch = loops_.weight_batches > 1 ? loops_.batch : 1;
    const std::int64_t weights =
        fetches(v.channels * v.chunks * per_batch, v.all(),
                v.pixels == per_batch || (!pixels_outer && v.chunks <= 2 && per_batch == 1));
    const std::int64_t groups = std::max<std::int64_t>(1, tile.oc / loops_.oc);
    const double input = static_cast<double>(inputs) *
                         cost_.rows_bytes(input_pixels(loops_, tile.h, tile.w), groups * tile.c,
                                          loops_.in_channels(), formats_.activation);
    const double weight = static_cast<double>(weights * loops_.taps() * tile.c * tile.oc) *
                          isa::bits_of(formats_.weight) / 8.0;
    const double stores =
        static_cast<double>(1 + extras_.tensors) *
        (cost_.rows_bytes(share.rows.size() * loops_.ow, tile.oc, loops_.channels(),
                          formats_.activation) *
             static_cast<double>(share.channels.size()) / static_cast<double>(loops_.channels()) +
         cost_.merge_bytes(share.rows.size() * loops_.ow, v.channels, tile.oc, loops_.channels(),
                           formats_.activation));
    const double moved = input + weight + stores;
    const double array =
        static_cast<double>(groups) *
        cost_.array_cycles(tile.h * tile.w, tile.oc / groups, loops_.taps() * tile.c);
    const double dma = std::max(moved / cost_.engine_rate(),
                                static_cast<double>(inputs + weights) * cost_.start_cycles());
    const double memory = moved * static_cast<double>(cores) / cost_.memory_rate();
    const TileBytes bytes = bytes_of(loops_, tile, extras_, formats_);
    const double first = static_cast<double>((bytes.input + bytes.weights).count());
    const double last = static_cast<double>(tile.h * tile.w * tile.oc);
    const double ends = (first + last) / cost_.engine_rate() + 2 * cost_.start_cycles() + array;
    return std::max({static_cast<double>(v.all()) * array, memory, dma}) + ends;
  }

  static constexpr std::int64_t kMostParts = 1 << 20, kMostWidths = 1 << 12;
  static constexpr int kFittingHeights = 5;

  const Contraction& loops_;
  const TileExtras& extras_;
  const Formats& formats_;
  const Target& target_;
  TileCost cost_;
  std::optional<ContractionTiling> best_;
  std::int64_t grid_rows_ = 1, grid_columns_ = 1;
  double best_cycles_ = 0;
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

std::vector<CoreShare> grid_shares(const Contraction& loops, std::int64_t rows,
                                   std::int64_t columns, const Target& target) {
  const std::int64_t granule =
      loops.groups > 1 ? loops.oc : balanced_granule(loops.oc, columns, target.tile_n);
  std::vector<CoreShare> shares;
  for (const Range& r : split(loops.rows(), rows, 1)) {
    for (const Range& c : split(loops.channels(), columns, granule)) shares.push_back({r, c});
  }
  return shares;
}

ContractionTiling tile_contraction(const Contraction& loops, const TileExtras& extras,
                                   const Formats& formats, const Target& target,
                                   const std::string& where) {
  if (auto best = Search{loops, extras, formats, target}.best()) return *best;
  const TileBytes one = bytes_of(loops, {1, 1, 1, 1}, extras, formats);
  throw InputError{
      where, fmt::format("needs at least {} bytes of scratchpad and {} of accumulators; {} has {} "
                         "and {}",
                         one.scratchpad().count(), one.accumulators().count(), target.name,
                         target.spm_bytes.count(), target.acc_bytes.count())};
}

}  // namespace npulse::lowering
