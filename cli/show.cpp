// SPDX-License-Identifier: Apache-2.0
// npulse show NAME
#include <iostream>

#include "arch/dram/part_file.h"
#include "cli/chip_options.h"
#include "cli/program_options.h"
#include "sim/core/catalogue.h"
#include "sim/core/config.h"
#include "sim/core/param_writers.h"
#include "traces/lowering/model_loader.h"
#include "traces/lowering/model_sheet.h"

namespace npulse::cli {
namespace {

/// PART or PART@VARIANT.
bool is_part(const std::string& name) {
  const auto parts = Catalogue::locate().list("parts");
  return std::find(parts.begin(), parts.end(), name.substr(0, name.find('@'))) != parts.end();
}

bool is_language_model(const std::string& name) {
  return !name.starts_with("gemm:") && lowering::names_model(name, models_folder());
}

void refuse(const CommandLine& line, std::initializer_list<const char*> options,
            const std::string& what) {
  for (const char* option : options) {
    if (line.has(option)) {
      throw InputError{std::string{"--"} + option, what + " does not take it", "leave it out"};
    }
  }
}

}  // namespace

int show_command(const Arguments& arguments) {
  CommandLine line{"show NAME [--memory PART] [--set path=value]... [--expect PARAMETERS]",
                   "npulse show rngd"};
  line.positional(
      "NAME",
      "A chip, a memory part (PART or PART@VARIANT) or a model, by name; a chip and the "
      "config.json of a model also by path.");
  add_chip_options(line);
  add_expect_option(line);
  if (!line.parse(arguments)) return 0;
  const auto& name = line.get<std::string>("NAME");
  std::vector<Provenance> provenance;
  if (is_part(name)) {
    const auto file = dram::part_config(Catalogue::locate(), name);
    const auto part = read<dram::PartParams>(file, &provenance);
    std::cout << to_yaml(reflect(part), provenance);
    return 0;
  }
  if (is_language_model(name)) {
    refuse(line, {"set", "memory", "memory-engine"}, "a model");
    const auto config = lowering::load_hf_config(lowering::find_config(name, models_folder()));
    warn_of_size(line, config.model);
    std::cout << lowering::to_yaml(config);
    return 0;
  }
  refuse(line, {"expect"}, "a chip");
  const arch::Chip chip = chip_from(line, name);
  std::cout << to_yaml(reflect(chip.params), chip.provenance);
  return 0;
}

}  // namespace npulse::cli
