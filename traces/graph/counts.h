// SPDX-License-Identifier: Apache-2.0
// How large a model is: multiplications, parameters and bytes, from shapes alone.
#pragma once

#include <optional>

#include "sim/core/units.h"
#include "traces/graph/graph.h"

namespace npulse::graph {

/// Parameters are the constants other than masks (i1) and index tensors (i64).
struct Counts {
  std::int64_t macs = 0;  ///< Multiplications with padding count, those a causal mask hides do not.
  std::int64_t parameters = 0;
  Bytes weights{0};      ///< Of the parameters; each tensor is rounded up to bytes.
  Bytes activations{0};  ///< Of tensors that are no constants.
};

Bytes bytes_of(const Tensor& tensor);

/// Of a node whose shapes agree; nothing beyond kMaxTotal.
std::optional<std::int64_t> macs_of(const Graph& graph, const Node& node);

/// What one node of a checked graph reads and writes.
Counts count(const Graph& graph, const Node& node);

/// Of a checked graph; tensors count once, however many nodes read them.
Counts count(const Graph& graph);

}  // namespace npulse::graph
