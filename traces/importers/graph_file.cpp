// SPDX-License-Identifier: Apache-2.0
#include "traces/importers/graph_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "traces/graph/json.h"

namespace npulse::importers {
namespace {

const Importer* importer_of(const std::string& path) {
  for (const Importer& importer : all_importers()) {
    const auto& endings = importer.endings;
    const auto ends = [&](const std::string& ending) { return path.ends_with(ending); };
    if (std::any_of(endings.begin(), endings.end(), ends)) return &importer;
  }
  return nullptr;
}

[[noreturn]] void refuse(const std::string& path, const Importer& importer,
                         const Imported& imported) {
  const bool program = std::holds_alternative<isa::MemoryProgram>(imported.product);
  throw InputError{
      path, fmt::format("describes a {}, not a model", program ? "program" : "chip"),
      fmt::format("npulse import {} {} -o {}", importer.name, path,
                  program ? "program.npb, then run that" : "chip.yaml makes a chip file of it")};
}

}  // namespace

bool is_graph_form(const std::string& path) {
  constexpr std::size_t kHead = 256;  // the version is the first key of the form
  if (!path.ends_with(".json") || !std::filesystem::is_regular_file(path)) return false;
  std::ifstream file{path, std::ios::binary};
  std::string head(kHead, '\0');
  file.read(head.data(), static_cast<std::streamsize>(head.size()));
  return head.find("\"npulse_graph\"") != std::string::npos;
}

bool names_graph(const std::string& path) {
  return is_graph_form(path) || (importer_of(path) && std::filesystem::exists(path));
}

std::optional<GraphFile> read_graph(const std::string& path,
                                    const std::optional<ImportOptions>& options) {
  if (!names_graph(path)) return std::nullopt;
  if (is_graph_form(path)) {
    if (!options) return GraphFile{graph::load_json(path), {}};
    throw InputError{path, "is a graph already: --dim and --strict go with what is imported",
                     "leave them out"};
  }
  const Importer* importer = importer_of(path);
  Imported imported = importer->import(path, options.value_or(ImportOptions{}));
  auto* graph = std::get_if<graph::Graph>(&imported.product);
  if (!graph) refuse(path, *importer, imported);
  return GraphFile{std::move(*graph), std::move(imported.warnings)};
}

}  // namespace npulse::importers
