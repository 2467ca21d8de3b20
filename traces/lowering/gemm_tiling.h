// SPDX-License-Identifier: Apache-2.0
// Sizes of tiles and the grid of cores of a matrix product, from a small cost model.
#pragma once

#include <optional>
#include <vector>

#include "traces/lowering/formats.h"
#include "traces/lowering/model.h"
#include "traces/lowering/partition.h"

namespace npulse::lowering {

struct GemmTiling {
  static constexpr std::int64_t kSlots = 3;  ///< Of chunks: one in use, one ready, one on its way.
  static constexpr std::int64_t kMostSlots = 8;
  static constexpr std::int64_t kPanels = 2;   ///< Of a: rows of tiles in use and on their way.
  static constexpr std::int64_t kResults = 2;  ///< Of c: one computed while the other drains.

  std::int64_t m = 1, n = 1, k = 1;  ///< A tile.
  bool keeps_a =
      false;  ///< The m rows of a stay for all columns of tiles, instead of chunks of them.
  std::int64_t slots = kSlots;                   ///< Of chunks.
  std::int64_t grid_rows = 1, grid_columns = 1;  ///< Of cores; some may have no share.
  std::vector<Range> rows, columns;  ///< Of the grid of cores; core r * columns.size() + c.

  std::size_t cores() const { return rows.size() * columns.size(); }
  std::int64_t k_chunks(const Gemm& gemm) const { return ceil_div(gemm.k, k); }
};

/// What the choice of a tiling is bound to; what is absent is free.
struct GemmWish {
  std::optional<std::int64_t> m, n, k;  ///< Of a tile; those of a share are enough.
  std::optional<bool> keeps_a;
  std::optional<std::int64_t> slots;
  std::optional<std::int64_t> rows, columns;  ///< Of the grid: together no more than cores.
};

/// A product to choose a tiling for.
struct GemmProblem {
  const Gemm& gemm;
  const Formats& formats;
  const Target& target;
  GemmWish wish{};
};

/// The fastest that fits, by estimate; nothing when none does as the wish says.
std::optional<GemmTiling> tile_gemm(const GemmProblem& problem);

/// The fastest that fits. Throws InputError when none does.
GemmTiling tile_gemm(const Gemm& gemm, const Formats& formats, const Target& target);

/// At most `most` that are worth a try; the first is tile_gemm()'s.
std::vector<GemmTiling> rank_gemm(const GemmProblem& problem, std::size_t most);

/// The least that a wish needs of both memories.
struct GemmBytes {
  Bytes scratchpad{}, accumulators{};
};
GemmBytes least_bytes(const GemmProblem& problem);

}  // namespace npulse::lowering
