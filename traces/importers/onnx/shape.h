// SPDX-License-Identifier: Apache-2.0
// Shapes of ONNX tensors: what traces/graph/shapes.h lacks.
#pragma once

#include "traces/graph/shapes.h"

namespace npulse::importers {

using graph::Shape;

constexpr std::size_t kMostDimensions = 32;

/// Absent when the shape is beyond the limits of shapes.h, or has too many dimensions.
std::optional<std::int64_t> elements_of(const Shape& shape);

/// Place in a tensor of shape `from` that broadcasting to `to` reads for element `i`.
std::size_t broadcast_source(std::size_t i, const Shape& from, const Shape& to);

}  // namespace npulse::importers
