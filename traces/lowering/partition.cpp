// SPDX-License-Identifier: Apache-2.0
#include "traces/lowering/partition.h"

#include <algorithm>

#include "sim/core/units.h"

namespace npulse::lowering {

std::vector<Range> split(std::int64_t n, std::int64_t parts, std::int64_t granule) {
  const std::int64_t granules = ceil_div(n, granule);
  std::vector<Range> ranges;
  std::int64_t at = 0;
  for (std::int64_t part = 0; part < parts; ++part) {
    const std::int64_t share = granules / parts + (part < granules % parts ? 1 : 0);
    const std::int64_t end = std::min(n, at + share * granule);
    ranges.push_back({at, end});
    at = end;
  }
  return ranges;
}

std::int64_t balanced_granule(std::int64_t n, std::int64_t parts, std::int64_t preferred) {
  for (std::int64_t granule = preferred; granule > 1; granule /= 2) {
    const std::int64_t largest = ceil_div(ceil_div(n, granule), parts) * granule;
    if (largest * parts * 100 <= n * 105) return granule;
  }
  return 1;
}

Range tile_of(Range range, std::int64_t size, std::int64_t i) {
  const std::int64_t first = range.first + i * size;
  return {first, std::min(range.last, first + size)};
}

}  // namespace npulse::lowering
