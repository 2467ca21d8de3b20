// SPDX-License-Identifier: Apache-2.0
#include "arch/chip/reference.h"

#include <fmt/format.h>

#include <algorithm>

#include "arch/chip/params.h"
#include "arch/energy/tech.h"
#include "sim/core/param_writers.h"

namespace npulse::arch {
namespace {

struct Section {
  const char* kind;  ///< Folder of configs without its plural, and name of the schema.
  const char* title;
  ParamNode tree;
};

std::vector<Section> sections() {
  return {{"chip", "Chips (configs/chips)", reflect(ChipParams{})},
          {"part", "Memory parts (configs/parts)", reflect(dram::PartParams{})},
          {"tech", "Energy tables (configs/tech)", reflect(TechParams{})}};
}

/// The same for all modules of a kind.
std::string statistics_table(const StatsReport& stats) {
  std::string table = "\n| statistic | unit | meaning |\n|---|---|---|\n";
  for (const StatsReport::Value& value : stats.values) {
    table += fmt::format("| `{}` | {} | {} |\n", value.name, value.unit, value.doc);
  }
  return table;
}

}  // namespace

std::vector<ReferenceFile> reference_files() {
  std::vector<ReferenceFile> files;
  std::string markdown =
      "# Parameters\n\n"
      "Generated from the descriptions in the code. Any of a chip's parameters can be changed "
      "with\n"
      "`--set path=value`; list elements are numbered from 0, as in `--set queues.0.name=ld`.\n";
  for (const Section& section : sections()) {
    const std::string schema = json_schema(section.tree, section.title).dump(2) + "\n";
    files.push_back({std::string{"configs/schema/"} + section.kind + ".json", schema});
    markdown += "\n" + to_markdown(section.tree, section.title);
  }
  files.push_back({"docs/parameters.md", markdown});
  return files;
}

ReferenceFile statistics_reference(const std::vector<StatsReport>& stats) {
  std::vector<std::pair<std::string, std::string>> sections;  // names of modules, table
  for (const StatsReport& module : stats) {
    const std::string table = statistics_table(module), name = "`" + module.module + "`";
    const auto twin = std::find_if(sections.begin(), sections.end(),
                                   [&](const auto& section) { return section.second == table; });
    if (twin == sections.end()) {
      sections.emplace_back(name, table);
    } else {
      twin->first += ", " + name;
    }
  }
  std::string markdown =
      "# Statistics\n\n"
      "Generated from the descriptions in the code: what a run's report holds under `stats`, by "
      "module.\nModules of a core are named after it and the queue that they serve; those here are "
      "of a small\nchip with one core.\n";
  for (const auto& [names, table] : sections) markdown += "\n## " + names + "\n" + table;
  return {"docs/statistics.md", markdown};
}

}  // namespace npulse::arch
