// SPDX-License-Identifier: Apache-2.0
#include "traces/importers/onnx/shape.h"

#include <algorithm>

namespace npulse::importers {

std::optional<std::int64_t> elements_of(const Shape& shape) {
  const auto in_bounds = [](std::int64_t n) { return n >= 0 && n <= graph::kMaxDimension; };
  if (shape.size() > kMostDimensions || !std::ranges::all_of(shape, in_bounds)) return std::nullopt;
  return graph::product(shape, graph::kMaxElements);
}

std::size_t broadcast_source(std::size_t i, const Shape& from, const Shape& to) {
  std::size_t place = 0, stride = 1;
  for (std::size_t back = 1; back <= to.size(); ++back) {
    const auto n = static_cast<std::size_t>(to[to.size() - back]);
    if (back <= from.size()) {
      const auto own = static_cast<std::size_t>(from[from.size() - back]);
      if (own != 1) place += i % n * stride;
      stride *= own;
    }
    i /= n;
  }
  return place;
}

}  // namespace npulse::importers
