// SPDX-License-Identifier: Apache-2.0
// Arithmetic of shapes, and the limits that keep it within 64 bits.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace npulse::graph {

using Shape = std::vector<std::int64_t>;

inline constexpr std::int64_t kMaxDimension = std::int64_t{1} << 32;
inline constexpr double kMaxScale = 1e6;                              ///< Of attention.
inline constexpr std::int64_t kMaxAttribute = std::int64_t{1} << 24;  ///< Strides, pads, kernels.
inline constexpr std::int64_t kMaxElements = std::int64_t{1} << 48;   ///< Of one tensor.
inline constexpr std::int64_t kMaxTotal = std::int64_t{1} << 60;      ///< MACs, bits of a graph.

/// Of factors that are not negative; nothing when it exceeds `limit`.
std::optional<std::int64_t> product(std::span<const std::int64_t> factors, std::int64_t limit);

/// `[1, 3, 224, 224]`
std::string shape_text(std::span<const std::int64_t> shape);

/// Aligned at the last dimension, ones stretched; nothing when the shapes do not agree.
std::optional<Shape> broadcast(std::span<const std::int64_t> a, std::span<const std::int64_t> b);

/// The place of `axis` among `rank` dimensions, negative ones from the end.
std::optional<std::size_t> axis_index(std::int64_t axis, std::size_t rank);

/// How a window moves over one dimension.
struct Window {
  std::int64_t size = 1, stride = 1, dilation = 1, pad_before = 0, pad_after = 0;
};

/// Its positions over `length` elements, partial ones not counted; 0 or less when it does not fit.
std::int64_t positions(const Window& window, std::int64_t length);

/// Length of what a transposed convolution spreads `length` elements over.
std::int64_t spread(const Window& window, std::int64_t length, std::int64_t output_padding);

}  // namespace npulse::graph
