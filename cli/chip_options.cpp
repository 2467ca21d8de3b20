// SPDX-License-Identifier: Apache-2.0
#include "cli/chip_options.h"

namespace po = boost::program_options;

namespace npulse::cli {

void add_chip_options(CommandLine& line) {
  line.options()("memory", po::value<std::string>()->value_name("PART[@VARIANT][:CHANNELS]"),
                 "Put another memory on the chip; without a count, the part's typical one.")(
      "set", po::value<std::vector<std::string>>()->value_name("PATH=VALUE")->composing(),
      "Change any parameter of the chip (`dma.start_cycles=100`), or of its memory part "
      "(`part.t_rcd=20 ns`); may be given often.");
}

arch::Chip chip_from(const CommandLine& line, const std::string& name) {
  arch::ChipChanges changes;
  if (line.has("memory")) changes.memory = line.get<std::string>("memory");
  if (line.has("set")) changes.sets = line.get<std::vector<std::string>>("set");
  return arch::load_chip(name, changes);
}

}  // namespace npulse::cli
