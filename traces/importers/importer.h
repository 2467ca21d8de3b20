// SPDX-License-Identifier: Apache-2.0
// What an importer of a foreign format is: one function in one file, and one entry in the table.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "isa/memory_program.h"
#include "sim/core/error.h"
#include "traces/graph/graph.h"

namespace npulse::importers {

struct ImportOptions {
  bool strict = false;                       ///< What the format's own tool refuses is a fault.
  std::map<std::string, std::int64_t> dims;  ///< Of symbolic dimensions, by name.
};

/// A chip description in YAML, every figure with its mark and source.
struct ChipYaml {
  std::string text;
};

struct Imported {
  std::variant<graph::Graph, ChipYaml, isa::MemoryProgram> product;  ///< Graphs have passed check.
  std::vector<Diagnostic> warnings;  ///< What was repaired, guessed or left out.
};

struct Importer {
  const char* name;                  ///< As in `npulse import NAME FILE`.
  std::vector<std::string> endings;  ///< Of files that usually hold it, as `.csv`.
  const char* doc;
  /// Reads the file; throws InputError with every fault that one pass finds.
  Imported (*import)(const std::string& path, const ImportOptions& options);
};

/// All of them, by name.
std::span<const Importer> all_importers();

/// Throws InputError with the nearest name.
const Importer& importer_named(const std::string& name);

}  // namespace npulse::importers
