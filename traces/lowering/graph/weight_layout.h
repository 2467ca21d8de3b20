// SPDX-License-Identifier: Apache-2.0
// Constant weights in memory, tile by tile: tiles of channels out one behind the other, and in each
// its chunks of channels in, dense or coded.
#pragma once

#include "traces/lowering/graph/steps.h"

namespace npulse::lowering {

class WeightLayout {
 public:
  /// Both must outlive it.
  WeightLayout(const Contraction& loops, const TileShape& tile, const Formats& formats);

  /// Of `oc` channels out: a chunk of `c` channels in, and all of those.
  Bytes chunk(std::int64_t c, std::int64_t oc) const;
  Bytes tile(std::int64_t oc) const { return column_ * oc; }
  Bytes all() const { return tile(loops_.channels()); }
  /// What lies before channel in `c` of the tile of `out`; of coded weights the first of a chunk.
  Bytes before(Range out, std::int64_t c) const;
  std::int64_t chunk_channels() const { return chunk_channels_; }

 private:
  const Contraction& loops_;
  const Formats& formats_;
  std::int64_t chunk_channels_;
  Bytes column_{};  ///< Of one channel out.
};

/// Throws InputError naming steps whose weights cannot be coded: groups of a code run along k of a
/// product.
void require_products_where_coded(const std::vector<Step>& steps, const Formats& formats);

}  // namespace npulse::lowering
