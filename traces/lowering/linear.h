// SPDX-License-Identifier: Apache-2.0
// A weight matrix and its copies: its columns over cores and tiles, its tiles in memory.
#pragma once

#include <vector>

#include "traces/lowering/emitter.h"
#include "traces/lowering/formats.h"
#include "traces/lowering/matrices.h"
#include "traces/lowering/partition.h"
#include "traces/lowering/space.h"

namespace npulse::lowering {

/// Stored tile by tile for each core: a tile is one dense run, its parts one behind the other.
class Linear {
 public:
  Linear(const LinearShape& shape, std::vector<Range> columns_of_core, std::int64_t width);

  const LinearShape& shape() const { return shape_; }
  std::int64_t width() const { return width_; }  ///< Columns of a tile, of each part.
  std::uint32_t cores() const { return static_cast<std::uint32_t>(columns_.size()); }
  Range columns(std::uint32_t core) const { return columns_[core]; }
  std::int64_t tiles(std::uint32_t core) const;
  Range tile(std::uint32_t core, std::int64_t i) const {
    return tile_of(columns_[core], width_, i);
  }
  Bytes stored_bytes(const Formats& formats) const;  ///< Of one copy's tiles, without alignment.

  /// All copies (of all layers, of all experts).
  void place(SpaceAllocator& dram, const Formats& formats);
  Address address(std::int64_t copy, std::uint32_t core, std::int64_t tile) const;

 private:
  LinearShape shape_;
  std::vector<Range> columns_;
  std::int64_t width_;
  std::vector<std::int64_t> tiles_before_;  ///< By core: tiles of the cores before it, and of all.
  Address base_ = 0;
  Bytes tile_stride_{};
};

/// Fetches a dense run of `columns` columns of k weights, expanding them if they are coded.
isa::Dma weight_transfer(const Formats& formats, Address to, isa::Operand from, std::int64_t k,
                         std::int64_t columns);

/// Fetches a tile into the next slot of `ring`.
const Slot& load_tile(Emitter& emitter, const Formats& formats, const Linear& linear, Ring& ring,
                      std::int64_t copy, std::int64_t tile);

/// Rows of activations in the scratchpad, [rows, k] dense.
struct Rows {
  Address address = 0;
  std::int64_t count = 0;
  Events ready;
  std::int64_t per_tile = 0;  ///< Elements from one tile's rows to the next's; 0: all use the same.
  Events done{};              ///< Signalled by the last product that reads them.
};

/// c = a x tile; the parts' results lie one behind the other in `c`. `done` is signalled by the
/// last product beside c.full.
void multiply(Emitter& emitter, const Formats& formats, const Linear& linear, const Rows& a,
              const Slot& weights, std::int64_t width, const Slot& c, const Events& done);

}  // namespace npulse::lowering
