// SPDX-License-Identifier: Apache-2.0
// One tile of a contraction on one core: where its operands lie, and the operation on them.
#pragma once

#include "traces/lowering/graph/graph_plan.h"

namespace npulse::lowering {

/// One block of results, and what of the input it takes.
struct Tile {
  PixelTile pixels;
  Range channels;
  std::vector<Range> chunks;
};

/// Channels in: of a tile, and of what a product takes of it at a time. Slices of a tile lie one
/// behind the other in its slots.
struct Slice {
  Range chunk, channels;
};

struct Places {
  const Buffer &input, &weights, &result;
};

/// Where a slice of `pixels` pixels begins.
Address input_part(const Buffer& slot, const Slice& slice, std::int64_t pixels,
                   const Formats& formats);
/// Where the weights of `columns` channels out begin.
Address weight_part(const Buffer& slot, const Slice& slice, std::int64_t columns,
                    const Formats& formats);

/// The mm or conv of a slice; `accumulate` on what the result holds.
isa::Operation product(const ContractionStep& step, const Formats& formats, const Tile& tile,
                       const Slice& slice, const Places& at, bool accumulate);

}  // namespace npulse::lowering
