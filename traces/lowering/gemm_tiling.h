// SPDX-License-Identifier: Apache-2.0
// Sizes of tiles and the grid of cores of a matrix product, from a small cost model.
#pragma once

#include <vector>

#include "traces/lowering/formats.h"
#include "traces/lowering/model.h"
#include "traces/lowering/partition.h"

namespace npulse::lowering {

struct GemmTiling {
  static constexpr std::int64_t kSlots = 3;   ///< Of chunks: one in use, one ready, one on its way.
  static constexpr std::int64_t kPanels = 2;  ///< Of a: rows of tiles in use and on their way.
  static constexpr std::int64_t kResults = 2;  ///< Of c: one computed while the other drains.

  std::int64_t m = 1, n = 1, k = 1;  ///< A tile.
  bool keeps_a =
      false;  ///< The m rows of a stay for all columns of tiles, instead of chunks of them.
  std::vector<Range> rows, columns;  ///< Of the grid of cores; core r * columns.size() + c.

  std::size_t cores() const { return rows.size() * columns.size(); }
  std::int64_t k_chunks(const Gemm& gemm) const { return ceil_div(gemm.k, k); }
};

/// The fastest tiling that fits by estimate. Throws InputError when none fits.
GemmTiling tile_gemm(const Gemm& gemm, const Formats& formats, const Target& target);

}  // namespace npulse::lowering
