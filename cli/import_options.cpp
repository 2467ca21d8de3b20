// SPDX-License-Identifier: Apache-2.0
#include "cli/import_options.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <fstream>

#include "sim/core/error.h"
#include "traces/graph/json.h"

namespace po = boost::program_options;

namespace npulse::cli {
namespace {

using Words = std::vector<std::string>;

/// `batch=1,seq=2048`
void read_dims(const std::string& text, importers::ImportOptions& options) {
  for (std::size_t at = 0; at <= text.size();) {
    const std::size_t end = std::min(text.find(',', at), text.size());
    const std::string one = text.substr(at, end - at);
    const std::size_t equals = std::min(one.find('='), one.size());
    const char* last = one.data() + one.size();
    std::int64_t size = 0;
    const char* digits = std::min(one.data() + equals + 1, last);
    const auto [stop, error] = std::from_chars(digits, last, size);
    if (equals == 0 || error != std::errc{} || stop != last || size < 1) {
      throw InputError{"--dim", "'" + one + "' is not NAME=SIZE with a size of at least 1"};
    }
    options.dims[one.substr(0, equals)] = size;
    at = end + 1;
  }
}

const importers::Importer* importer_of(const std::string& path) {
  for (const importers::Importer& importer : importers::all_importers()) {
    const auto& endings = importer.endings;
    const auto ends = [&](const std::string& ending) { return path.ends_with(ending); };
    if (std::any_of(endings.begin(), endings.end(), ends)) return &importer;
  }
  return nullptr;
}

}  // namespace

void add_import_options(CommandLine& line) {
  line.options()("strict", "Refuse what the format's own tool refuses, instead of repairing it.")(
      "dim", po::value<Words>()->value_name("NAME=SIZE,...")->composing(),
      "Sizes of symbolic dimensions.");
}

bool has_import_options(const CommandLine& line) {
  return line.has("strict") || line.has("dim");
}

importers::ImportOptions import_options(const CommandLine& line) {
  importers::ImportOptions options;
  options.strict = line.has("strict");
  if (line.has("dim")) {
    for (const std::string& text : line.get<Words>("dim")) read_dims(text, options);
  }
  return options;
}

void print_warnings(const std::vector<Diagnostic>& warnings) {
  for (const Diagnostic& warning : warnings) fmt::print(stderr, "warning: {}\n", warning.text());
}

bool is_graph_form(const std::string& path) {
  constexpr std::size_t kHead = 256;  // the version is the first key of the form
  if (!path.ends_with(".json") || !std::filesystem::is_regular_file(path)) return false;
  std::ifstream file{path, std::ios::binary};
  std::string head(kHead, '\0');
  file.read(head.data(), static_cast<std::streamsize>(head.size()));
  return head.find("\"npulse_graph\"") != std::string::npos;
}

std::optional<graph::Graph> graph_in(const CommandLine& line, const std::string& path) {
  if (is_graph_form(path)) {
    if (!has_import_options(line)) return graph::load_json(path);
    throw InputError{path, "is a graph already: --dim and --strict go with what is imported",
                     "leave them out"};
  }
  const importers::Importer* importer = importer_of(path);
  if (!importer || !std::filesystem::exists(path)) return std::nullopt;
  importers::Imported imported = importer->import(path, import_options(line));
  print_warnings(imported.warnings);
  auto* graph = std::get_if<graph::Graph>(&imported.product);
  if (std::holds_alternative<isa::MemoryProgram>(imported.product)) {
    throw InputError{
        path, "describes a program, not a model",
        fmt::format("npulse import {} {} -o program.npb, then run that", importer->name, path)};
  }
  if (!graph) {
    throw InputError{path, "describes a chip, not a model",
                     fmt::format("npulse import {} {} -o chip.yaml makes a chip file of it",
                                 importer->name, path)};
  }
  return std::move(*graph);
}

}  // namespace npulse::cli
