// SPDX-License-Identifier: Apache-2.0
// npulse import FORMAT FILE -o OUTPUT
#include <fmt/format.h>

#include <iostream>
#include <optional>

#include "cli/command.h"
#include "cli/graph_summary.h"
#include "cli/import_options.h"
#include "sim/core/error.h"
#include "sim/core/output_file.h"
#include "traces/graph/json.h"
#include "traces/importers/importer.h"

namespace po = boost::program_options;

namespace npulse::cli {
namespace {

using importers::ChipYaml, importers::Imported;
using Words = std::vector<std::string>;

std::string formats() {
  std::string text = "One of";
  for (const importers::Importer& importer : importers::all_importers()) {
    text += fmt::format("\n        {:<14}{}", importer.name, importer.doc);
  }
  return text;
}

void write(const Imported& imported, std::ostream& out) {
  if (const auto* chip = std::get_if<ChipYaml>(&imported.product)) {
    out << chip->text;
  } else {
    graph::write_json(std::get<graph::Graph>(imported.product), out);
  }
}

/// What was read; of a chip its file, when it goes nowhere else.
void report(const CommandLine& line, const Imported& imported) {
  const auto* graph = std::get_if<graph::Graph>(&imported.product);
  if (line.has("json")) {
    auto json = graph ? graph_json(*graph) : nlohmann::ordered_json::object();
    json["warnings"] = Words{};
    for (const Diagnostic& warning : imported.warnings) json["warnings"].push_back(warning.text());
    std::cout << json.dump(2) << "\n";
    return;
  }
  if (graph) {
    print_graph(*graph);
  } else if (!line.has("output")) {
    write(imported, std::cout);
  }
  if (line.has("output")) fmt::print("wrote {}\n", line.get<std::string>("output"));
}

}  // namespace

int import_command(const Arguments& arguments) {
  CommandLine line{"import FORMAT FILE [-o OUTPUT] [options]",
                   "npulse import scalesim resnet18.csv -o resnet18.json"};
  const std::string doc = formats();
  line.positional("FORMAT", doc.c_str());
  line.positional("FILE", "The file to read.");
  line.options()("output,o", po::value<std::string>()->value_name("OUTPUT"),
                 "Graph (docs/graph.md) or chip file to write; without it, nothing is written.");
  add_import_options(line);
  line.options()("json", "Print JSON.");
  if (!line.parse(arguments)) return 0;
  const auto& importer = importers::importer_named(line.get<std::string>("FORMAT"));
  const importers::ImportOptions options = import_options(line);
  std::optional<OutputFile> file;
  if (line.has("output")) file.emplace(line.get<std::string>("output"));
  const Imported imported = importer.import(line.get<std::string>("FILE"), options);
  print_warnings(imported.warnings);
  if (file) {
    write(imported, file->stream());
    file->commit();
  }
  report(line, imported);
  return 0;
}

}  // namespace npulse::cli
