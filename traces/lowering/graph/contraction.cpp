// SPDX-License-Identifier: Apache-2.0
#include "traces/lowering/graph/contraction.h"

#include <algorithm>

namespace npulse::lowering {
namespace {

/// How a window moves over one dimension.
struct Walk {
  std::int64_t kernel, stride, dilation, pad, extent;
  std::int64_t beyond;  ///< Elements fetched behind the last window.
};

/// Every window reads an element at least: step_builder.cpp refuses others.
InputSpan span_of(const Walk& walk, Range outputs) {
  const std::int64_t first = outputs.first * walk.stride - walk.pad;
  const std::int64_t last =
      (outputs.last - 1) * walk.stride - walk.pad + (walk.kernel - 1) * walk.dilation + 1;
  const std::int64_t from = std::clamp<std::int64_t>(first, 0, walk.extent - 1);
  const std::int64_t to = std::clamp<std::int64_t>(last, from + 1, walk.extent);
  const std::int64_t fetched = std::min(to + walk.beyond, walk.extent);
  return {from, fetched - from, from - std::min(from, first), std::max(to, last) - to};
}

/// What `outputs` windows reach over.
std::int64_t reach(std::int64_t outputs, std::int64_t kernel, std::int64_t stride,
                   std::int64_t dilation) {
  return (outputs - 1) * stride + (kernel - 1) * dilation + 1;
}

/// Where pixels are not gathered, a window brings all of its stride.
std::int64_t beyond(const Contraction& l, std::int64_t stride) {
  return l.gathers ? 0 : stride - 1;
}

}  // namespace

InputSpan input_rows(const Contraction& l, Range rows) {
  return span_of({l.kh, l.stride_h, l.dilation_h, l.pad_top, l.h, beyond(l, l.stride_h)}, rows);
}

InputSpan input_columns(const Contraction& l, Range columns) {
  return span_of({l.kw, l.stride_w, l.dilation_w, l.pad_left, l.w, beyond(l, l.stride_w)}, columns);
}

std::int64_t input_height(const Contraction& l, std::int64_t h) {
  if (l.pointwise()) return h;
  return std::min(l.h, reach(h, l.kh, l.stride_h, l.dilation_h) + beyond(l, l.stride_h));
}

std::int64_t input_pixels(const Contraction& l, std::int64_t h, std::int64_t w) {
  if (l.pointwise()) return h * w;
  return input_height(l, h) *
         std::min(l.w, reach(w, l.kw, l.stride_w, l.dilation_w) + beyond(l, l.stride_w));
}

std::vector<PixelTile> pixel_tiles(const Contraction& loops, const TileShape& tile, Range rows) {
  std::vector<PixelTile> tiles;
  for (std::int64_t row = rows.first; row < rows.last;) {
    const std::int64_t image = row / loops.oh, y = row % loops.oh;
    const std::int64_t h = std::min({tile.h, loops.oh - y, rows.last - row});
    for (std::int64_t x = 0; x < loops.ow; x += tile.w) {
      tiles.push_back({image, {y, y + h}, {x, std::min(x + tile.w, loops.ow)}});
    }
    row += h;
  }
  return tiles;
}

std::vector<Range> channel_tiles(const Contraction& loops, const TileShape& tile, Range channels) {
  std::vector<Range> tiles;
  const bool whole_groups = tile.oc >= loops.oc;
  for (std::int64_t at = channels.first; at < channels.last;) {
    const std::int64_t group_end = (at / loops.oc + 1) * loops.oc;
    const std::int64_t end =
        whole_groups ? at + tile.oc / loops.oc * loops.oc : std::min(at + tile.oc, group_end);
    tiles.push_back({at, std::min(end, channels.last)});
    at = tiles.back().last;
  }
  return tiles;
}

std::vector<Range> input_chunks(const Contraction& loops, const TileShape& tile, Range channels) {
  const std::int64_t first = channels.first / loops.oc, last = (channels.last - 1) / loops.oc;
  if (first != last) return {{first * loops.c, (last + 1) * loops.c}};
  std::vector<Range> chunks;
  for (std::int64_t c = 0; c < loops.c; c += tile.c) {
    chunks.push_back({first * loops.c + c, first * loops.c + std::min(c + tile.c, loops.c)});
  }
  return chunks;
}

}  // namespace npulse::lowering
