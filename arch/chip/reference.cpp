// SPDX-License-Identifier: Apache-2.0
#include "arch/chip/reference.h"

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

}  // namespace npulse::arch
