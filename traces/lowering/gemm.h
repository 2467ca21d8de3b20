// SPDX-License-Identifier: Apache-2.0
// One matrix product in memory: a graph of one node.
#pragma once

#include "traces/lowering/graph/lower_graph.h"
#include "traces/lowering/model.h"

namespace npulse::lowering {

/// c = a x b by the node `gemm`. What the graph says of types is what no chip multiplies, so that
/// weights without a wish are the chip's widest.
graph::Graph graph_of(const Gemm& gemm);

/// c has the type of a residual stream, so that sums of bytes are not cut to bytes.
GraphOptions graph_options(const Options& options, const Target& target);

}  // namespace npulse::lowering
