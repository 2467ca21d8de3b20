// SPDX-License-Identifier: Apache-2.0
// A weight matrix of every layer: its columns over cores and tiles, its tiles in memory.
#pragma once

#include <vector>

#include "traces/lowering/emitter.h"
#include "traces/lowering/formats.h"
#include "traces/lowering/model.h"
#include "traces/lowering/partition.h"
#include "traces/lowering/space.h"

namespace npulse::lowering {

/// [k, n] weights; with two parts, two such matrices that share their input (gate and up).
struct LinearShape {
  const char* region = "";  ///< Name in reports.
  std::int64_t k = 0, n = 0;
  int parts = 1;

  std::int64_t elements() const { return k * n * parts; }
};

/// The weight matrices of a transformer.
enum class Matrix : std::uint8_t { qkv, out, gate_up, down, head };

/// By Matrix.
std::vector<LinearShape> matrix_shapes(const Transformer& model);

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
  Bytes stored_bytes(const Formats& formats) const;  ///< Of one layer's tiles, without alignment.

  void place(SpaceAllocator& dram, std::int64_t layers, const Formats& formats);
  Address address(std::int64_t layer, std::uint32_t core, std::int64_t tile) const;

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
                      std::int64_t layer, std::int64_t tile);

/// Rows of activations in the scratchpad, [rows, k] dense.
struct Rows {
  Address address = 0;
  std::int64_t count = 0;
  Events ready;
};

/// c = a x tile; the parts' results lie one behind the other in `c`. `done` is signalled by the
/// last product beside c.full.
void multiply(Emitter& emitter, const Formats& formats, const Linear& linear, const Rows& a,
              const Slot& weights, std::int64_t width, const Slot& c, const Events& done);

}  // namespace npulse::lowering
