// SPDX-License-Identifier: Apache-2.0
// Options of reading foreign models, and what becomes a graph without being asked to.
#pragma once

#include <optional>

#include "cli/command.h"
#include "traces/importers/importer.h"

namespace npulse::cli {

/// Adds --dim and --strict.
void add_import_options(CommandLine& line);
bool has_import_options(const CommandLine& line);
importers::ImportOptions import_options(const CommandLine& line);

/// Warnings to stderr.
void print_warnings(const std::vector<Diagnostic>& warnings);

/// The graph in a file of the graph form, or in one whose ending an importer knows; nothing when
/// `path` is neither.
std::optional<graph::Graph> graph_in(const CommandLine& line, const std::string& path);

}  // namespace npulse::cli
