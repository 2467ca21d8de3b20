// SPDX-License-Identifier: Apache-2.0
// Tile sizes of prefill, from a small cost model under the capacities of scratchpad and
// accumulators.
#pragma once

#include <optional>

#include "traces/lowering/job.h"
#include "traces/lowering/linear.h"

namespace npulse::lowering {

/// What a linear layer over many rows may use.
struct PanelLimits {
  Bytes arena{};  ///< Scratchpad for rows, results and what is added to them.
  Bytes weight_slot{};
  std::optional<std::int64_t> width;  ///< Fixed width of a tile; absent: free.
  std::int64_t row_extra_bytes = 0;   ///< Kept beside each row of activations.
  std::int64_t stage_buffers =
      3;  ///< Results of a block, 16 bit each: staged, added to, temporary.
};

/// What the choice of a tiling is bound to; what is absent is free.
struct PanelWish {
  std::optional<std::int64_t> width, block_rows, panel_blocks;
};

/// Rows in blocks; a panel of blocks stays while all tiles of weights stream past it.
struct PanelTiling {
  std::int64_t width = 1;         ///< Columns of a tile, of each part.
  std::int64_t block_rows = 1;    ///< Rows of one product.
  std::int64_t panel_blocks = 1;  ///< Blocks that stay together.
  std::int64_t block_slots = 1;   ///< Blocks that there is room for.

  std::int64_t panels(std::int64_t rows) const { return ceil_div(rows, block_rows * panel_blocks); }
};

/// `rows` activations; `share` columns (of each part) is the largest of a core. nullopt: nothing
/// fits.
std::optional<PanelTiling> tile_panel(const Job& job, const LinearShape& shape, std::int64_t share,
                                      std::int64_t rows, const PanelLimits& limits,
                                      const PanelWish& wish = {});

/// At most `most` that are worth a try; the first is tile_panel()'s.
std::vector<PanelTiling> rank_panel(const Job& job, const LinearShape& shape, std::int64_t share,
                                    std::int64_t rows, const PanelLimits& limits,
                                    const PanelWish& wish, std::size_t most);

}  // namespace npulse::lowering
