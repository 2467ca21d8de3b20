// SPDX-License-Identifier: Apache-2.0
// Splits a dimension over cores or into tiles.
#pragma once

#include <compare>
#include <cstdint>
#include <vector>

namespace npulse::lowering {

/// Half-open range of rows or columns.
struct Range {
  std::int64_t first = 0, last = 0;
  std::int64_t size() const { return last - first; }
  auto operator<=>(const Range&) const = default;
};

/// `parts` ranges that cover [0, n), equal to within one granule; trailing ones may be empty.
std::vector<Range> split(std::int64_t n, std::int64_t parts, std::int64_t granule);

/// The largest of preferred, preferred/2, ..., 1 with which no part is over 5 % above the mean.
std::int64_t balanced_granule(std::int64_t n, std::int64_t parts, std::int64_t preferred);

/// The i-th tile of `size` elements of a range; the last may be shorter.
Range tile_of(Range range, std::int64_t size, std::int64_t i);

}  // namespace npulse::lowering
