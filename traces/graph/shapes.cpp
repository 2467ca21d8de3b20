// SPDX-License-Identifier: Apache-2.0
#include "traces/graph/shapes.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace npulse::graph {
namespace {

std::int64_t extent(const Window& window) {
  return window.dilation * (window.size - 1) + 1;
}

}  // namespace

std::optional<std::int64_t> product(std::span<const std::int64_t> factors, std::int64_t limit) {
  if (std::find(factors.begin(), factors.end(), 0) != factors.end()) return 0;
  std::int64_t result = 1;
  for (const std::int64_t factor : factors) {
    if (factor > limit / result) return std::nullopt;
    result *= factor;
  }
  return result;
}

std::string shape_text(std::span<const std::int64_t> shape) {
  return fmt::format("[{}]", fmt::join(shape, ", "));
}

std::optional<Shape> broadcast(std::span<const std::int64_t> a, std::span<const std::int64_t> b) {
  if (a.size() < b.size()) std::swap(a, b);
  Shape result(a.begin(), a.end());
  for (std::size_t i = 0; i < b.size(); ++i) {
    std::int64_t& mine = result[a.size() - 1 - i];
    const std::int64_t other = b[b.size() - 1 - i];
    if (mine == 1) mine = other;
    if (other != 1 && other != mine) return std::nullopt;
  }
  return result;
}

std::optional<std::size_t> axis_index(std::int64_t axis, std::size_t rank) {
  const auto count = static_cast<std::int64_t>(rank);
  if (axis < -count || axis >= count) return std::nullopt;
  return static_cast<std::size_t>(axis < 0 ? axis + count : axis);
}

std::int64_t positions(const Window& window, std::int64_t length) {
  const std::int64_t room = length + window.pad_before + window.pad_after - extent(window);
  return room < 0 ? 0 : room / window.stride + 1;
}

std::int64_t spread(const Window& window, std::int64_t length, std::int64_t output_padding) {
  return (length - 1) * window.stride + extent(window) + output_padding - window.pad_before -
         window.pad_after;
}

}  // namespace npulse::graph
