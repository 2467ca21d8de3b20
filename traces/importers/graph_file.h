// SPDX-License-Identifier: Apache-2.0
// What becomes a graph without being asked to: the graph form, and files whose ending tells.
#pragma once

#include <optional>

#include "traces/importers/importer.h"

namespace npulse::importers {

struct GraphFile {
  graph::Graph graph;
  std::vector<Diagnostic> warnings;
};

/// Whether `path` is a file of the graph form (docs/graph.md).
bool is_graph_form(const std::string& path);

/// Whether `path` is a file that read_graph takes for a graph.
bool names_graph(const std::string& path);

/// The graph in `path`; nothing when it is neither of the graph form nor of an importer. `options`
/// are absent where the user gave none. Throws InputError when it is something else than a graph,
/// or has faults.
std::optional<GraphFile> read_graph(const std::string& path,
                                    const std::optional<ImportOptions>& options);

}  // namespace npulse::importers
