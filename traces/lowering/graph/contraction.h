// SPDX-License-Identifier: Apache-2.0
// Convolutions and matrix products as one nest of loops: a product is a convolution of 1 x 1.
#pragma once

#include <cstdint>
#include <vector>

#include "traces/lowering/partition.h"

namespace npulse::lowering {

/// out[b, y, x, o] += in[b, y', x', c] * weight[i, j, c, o], images with channels last.
struct Contraction {
  std::int64_t batch = 1, groups = 1;
  std::int64_t h = 1, w = 1, c = 1;     ///< Of the input; channels of one group.
  std::int64_t oh = 1, ow = 1, oc = 1;  ///< Of the output; channels of one group.
  std::int64_t kh = 1, kw = 1, stride_h = 1, stride_w = 1, dilation_h = 1, dilation_w = 1;
  std::int64_t pad_top = 0, pad_left = 0;
  std::int64_t weight_batches = 1;  ///< Products of activations have one for each, or for some.

  bool gathers = true;  ///< Pixels between those that a kernel of 1 x 1 uses are not fetched.

  /// Each output is made of one input pixel; what is fetched is dense.
  bool pointwise() const {
    return kh == 1 && kw == 1 && pad_top == 0 && pad_left == 0 &&
           (gathers || (stride_h == 1 && stride_w == 1));
  }
  /// A matrix product of rows, without columns.
  bool product() const { return pointwise() && w == 1 && ow == 1; }
  std::int64_t rows() const { return batch * oh; }
  std::int64_t in_channels() const { return groups * c; }
  std::int64_t channels() const { return groups * oc; }
  std::int64_t taps() const { return kh * kw; }
  std::int64_t macs() const { return rows() * ow * channels() * taps() * c; }
  auto operator<=>(const Contraction&) const = default;
};

/// c[m,n] = a[m,k] x b[k,n], as often as `batch`.
inline Contraction product_of(std::int64_t batch, std::int64_t m, std::int64_t n, std::int64_t k) {
  Contraction loops;
  loops.batch = batch;
  loops.h = loops.oh = m;
  loops.c = k;
  loops.oc = n;
  return loops;
}

/// Most that a tile covers: output rows and columns, channels out (whole groups, or a part of one),
/// channels in.
struct TileShape {
  std::int64_t h = 1, w = 1, oc = 1, c = 1;
  auto operator<=>(const TileShape&) const = default;
};

/// What of one dimension of the input some outputs need, and the padding around it.
struct InputSpan {
  std::int64_t first = 0, size = 0, before = 0, after = 0;
};

/// Pixels of one tile: rows and columns of the output in one image.
struct PixelTile {
  std::int64_t image = 0;
  Range rows, columns;
  std::int64_t count() const { return rows.size() * columns.size(); }
};

InputSpan input_rows(const Contraction& loops, Range rows);
InputSpan input_columns(const Contraction& loops, Range columns);

/// Rows of input that `h` rows of the output need, with padding.
std::int64_t input_height(const Contraction& loops, std::int64_t h);
/// Elements of input that `h` rows and `w` columns of the output need of one channel, with padding.
std::int64_t input_pixels(const Contraction& loops, std::int64_t h, std::int64_t w);

/// The tiles of `rows` (over all images), none across images.
std::vector<PixelTile> pixel_tiles(const Contraction& loops, const TileShape& tile, Range rows);

/// The tiles of `channels` (over all groups): whole groups, or parts of one.
std::vector<Range> channel_tiles(const Contraction& loops, const TileShape& tile, Range channels);

/// Channels in that one tile of channels out takes at a time.
std::vector<Range> input_chunks(const Contraction& loops, const TileShape& tile, Range channels);

}  // namespace npulse::lowering
