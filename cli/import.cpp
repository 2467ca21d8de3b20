// SPDX-License-Identifier: Apache-2.0
// npulse import FORMAT FILE -o OUTPUT
#include <fmt/format.h>

#include <iostream>

#include "cli/command.h"
#include "cli/graph_summary.h"
#include "cli/import_options.h"
#include "cli/program_summary.h"
#include "sim/core/error.h"
#include "sim/core/output_file.h"
#include "traces/graph/json.h"
#include "traces/importers/importer.h"
#include "traces/program_file.h"

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

void write(const Imported& imported, const std::string& path) {
  if (const auto* program = std::get_if<isa::MemoryProgram>(&imported.product)) {
    const auto sink = traces::create_program(path);
    return traces::copy_program(*program, *sink);
  }
  OutputFile file{path};
  if (const auto* chip = std::get_if<ChipYaml>(&imported.product)) {
    file.stream() << chip->text;
  } else {
    graph::write_json(std::get<graph::Graph>(imported.product), file.stream());
  }
  file.commit();
}

nlohmann::ordered_json summary_json(const Imported& imported) {
  if (const auto* graph = std::get_if<graph::Graph>(&imported.product)) return graph_json(*graph);
  if (const auto* program = std::get_if<isa::MemoryProgram>(&imported.product)) {
    return program_json(*program);
  }
  return nlohmann::ordered_json::object();
}

/// What was read; of a chip its file, when it goes nowhere else.
void report(const CommandLine& line, const Imported& imported) {
  if (line.has("json")) {
    auto json = summary_json(imported);
    json["warnings"] = Words{};
    for (const Diagnostic& warning : imported.warnings) json["warnings"].push_back(warning.text());
    std::cout << json.dump(2) << "\n";
    return;
  }
  if (const auto* graph = std::get_if<graph::Graph>(&imported.product)) {
    print_graph(*graph);
  } else if (const auto* program = std::get_if<isa::MemoryProgram>(&imported.product)) {
    print_program(*program);
  } else if (!line.has("output")) {
    std::cout << std::get<ChipYaml>(imported.product).text;
  }
  if (line.has("output")) fmt::print("wrote {}\n", line.get<std::string>("output"));
}

}  // namespace

int import_command(const Arguments& arguments) {
  CommandLine line{"import FORMAT FILE [-o OUTPUT] [options]",
                   "npulse import scalesim resnet18.csv -o resnet18.json"};
  const std::string doc = formats();
  line.positional("FORMAT", doc.c_str());
  line.positional("FILE", "The file to read; of chakra and timeloop also a folder of them.");
  line.options()(
      "output,o", po::value<std::string>()->value_name("OUTPUT"),
      "Graph (docs/graph.md), chip file or program (.npt, .npb) to write; without it, nothing "
      "is written.");
  add_import_options(line);
  line.options()("json", "Print JSON.");
  if (!line.parse(arguments)) return 0;
  const auto& importer = importers::importer_named(line.get<std::string>("FORMAT"));
  const importers::ImportOptions options = import_options(line);
  const Imported imported = importer.import(line.get<std::string>("FILE"), options);
  print_warnings(imported.warnings);
  if (line.has("output")) write(imported, line.get<std::string>("output"));
  report(line, imported);
  return 0;
}

}  // namespace npulse::cli
