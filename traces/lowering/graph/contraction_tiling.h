// SPDX-License-Identifier: Apache-2.0
// How a contraction is cut: tiles, the order of their loops, and the shares of cores.
#pragma once

#include <optional>

#include "traces/lowering/formats.h"
#include "traces/lowering/graph/contraction.h"
#include "traces/lowering/tile_cost.h"

namespace npulse::lowering {

/// Which loop over tiles is the outer one; channels in are always the innermost.
enum class LoopOrder : std::uint8_t { pixels_outer, channels_outer };
std::span<const EnumName<LoopOrder>> enum_names(LoopOrder);

/// What one core computes: rows over all images, channels over all groups.
struct CoreShare {
  Range rows, channels;
};

/// What the load queue writes into a tile's accumulators before products are added: zeros, a bias.
struct Preset {
  std::int64_t channels = 1;  ///< That it writes at a time, of one pixel.
  Cycles each{};              ///< 0: nothing is written.
};

/// Cores in rows, each with its share of the output's rows (of whole images, if it says so), and
/// columns, each with its share of the channels.
struct CoreGrid {
  std::int64_t rows = 1, columns = 1;
  bool whole_images = false;
  auto operator<=>(const CoreGrid&) const = default;
};

struct ContractionTiling {
  static constexpr std::int64_t kSlots = 2;  ///< Of each operand: one in use, one on its way.

  TileShape tile;
  LoopOrder order = LoopOrder::pixels_outer;
  bool packed_weights = true;  ///< Stored tile by tile; otherwise [kh, kw, c, oc] as they are.
  bool keeps_operands = true;  ///< What a slot holds already is not fetched again.
  bool keeps_output = true;    ///< Stays in the scratchpad for the next step, where it can.
  bool gathers = true;  ///< Kernels of 1 x 1 that skip pixels fetch only those that they use.
  std::int64_t load_channels = 0;  ///< Most of one transfer, and of a step of a product; 0: all.
  bool whole_tiles = false;        ///< Operands come only when the tile two before has been stored.
  Preset preset;
  std::int64_t before_cycles = 0;  ///< That choosing it takes on the chip, before the layer begins.
  CoreGrid grid;
  std::vector<CoreShare> shares;
};

/// What the choice of a tiling is bound to; what is absent is free.
struct ContractionWish {
  std::optional<std::int64_t> h, w, oc, c;  ///< Of a tile; those of a share are enough.
  std::optional<LoopOrder> order;
  std::optional<std::int64_t> rows, columns;  ///< Of the grid: together no more than cores.
  bool whole_images = false;
  std::optional<bool> packed_weights, keeps_operands, keeps_output, gathers;
  auto operator<=>(const ContractionWish&) const = default;
};

/// What comes beside the operands of a tile.
struct TileExtras {
  std::int64_t row_vectors = 0;  ///< Biases and the like, an accumulator's type a channel.
  std::int64_t tensors = 0;      ///< As large as the result, of the activations' type.
  VectorWork vector{};           ///< On a result before it leaves.
  auto operator<=>(const TileExtras&) const = default;
};

/// Bytes of one slot of each kind.
struct TileBytes {
  Bytes input{}, weights{}, extra{}, result{};

  Bytes scratchpad() const { return (input + weights + extra) * ContractionTiling::kSlots; }
  Bytes accumulators() const { return result * ContractionTiling::kSlots; }
};
TileBytes bytes_of(const Contraction& loops, const TileShape& tile, const TileExtras& extras,
                   const Formats& formats);

/// Equal shares of a grid of cores.
std::vector<CoreShare> grid_shares(const Contraction& loops, const CoreGrid& grid,
                                   const Target& target);

/// A contraction to choose a tiling for.
struct TilingProblem {
  Contraction loops;
  TileExtras extras;
  Formats formats;
  const Target& target;
  ContractionWish wish{};
};

/// The fastest that fits, by estimate; nothing when none does as the wish says.
std::optional<ContractionTiling> tile_contraction(const TilingProblem& problem);

/// At most `most` that are worth a try; the first is tile_contraction()'s.
std::vector<ContractionTiling> rank_contraction(const TilingProblem& problem, std::size_t most);

/// What `tiling` takes by that estimate.
double estimated_cycles(const TilingProblem& problem, const ContractionTiling& tiling);

/// The least scratchpad and accumulators that a wish needs.
TileBytes least_bytes(const TilingProblem& problem);

}  // namespace npulse::lowering
