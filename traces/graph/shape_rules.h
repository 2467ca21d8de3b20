// SPDX-License-Identifier: Apache-2.0
// What the shapes of an operation's inputs and outputs must have to do with each other.
#pragma once

#include "traces/graph/graph.h"
#include "traces/graph/shapes.h"

namespace npulse::graph {

/// What is wrong with one node.
struct ShapeFault {
  std::string message;
};

/// Attributes within their limits and shapes that agree; throws ShapeFault. Dimensions must be
/// within kMaxDimension. Operations of kinds that it does not know may have any shapes.
void check_shapes(const Operation& operation, std::span<const Shape> inputs,
                  std::span<const Shape> outputs);

}  // namespace npulse::graph
