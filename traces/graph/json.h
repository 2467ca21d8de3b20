// SPDX-License-Identifier: Apache-2.0
// Graphs as JSON files; docs/graph.md describes them.
#pragma once

#include <ostream>
#include <string>

#include "traces/graph/graph.h"

namespace npulse::graph {

inline constexpr int kJsonVersion = 1;

/// One tensor and one node a line; what equals its default is left out. The graph must have passed
/// check().
void write_json(const Graph& graph, std::ostream& out);

/// Exactly what was written, or written by hand; `file` is the name in messages. Throws InputError
/// with every fault that one pass finds, by line and column or by `path.to.key`; what is returned
/// has passed check().
Graph read_json(const std::string& text, const std::string& file);

/// The same of a file.
Graph load_json(const std::string& path);

}  // namespace npulse::graph
