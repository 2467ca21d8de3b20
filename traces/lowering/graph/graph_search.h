// SPDX-License-Identifier: Apache-2.0
// Search of mappings of graphs.
#pragma once

#include "traces/lowering/graph/lower_graph.h"
#include "traces/lowering/map_search.h"

namespace npulse::lowering {

/// Settings of every contraction of the graph, none slower alone than the cost model's choice. What
/// options.mapping asks is kept.
Mapping search_mapping(const graph::Graph& graph, const GraphOptions& options, const Target& target,
                       const MapSearch& search);

}  // namespace npulse::lowering
