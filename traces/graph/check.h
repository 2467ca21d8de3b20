// SPDX-License-Identifier: Apache-2.0
// Whether a graph is sound: what every importer promises and lowering relies on.
#pragma once

#include "traces/graph/graph.h"

namespace npulse::graph {

/// Throws InputError with every fault, at most one of shapes a node: names that are empty, not
/// UTF-8 or not unique; tensors that nothing or more than one node makes; nodes before what they
/// read; shapes and types that do not agree; sizes beyond the limits of shapes.h. `file` leads the
/// place of each fault.
void check(const Graph& graph, const std::string& file = {});

}  // namespace npulse::graph
