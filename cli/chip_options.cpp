// SPDX-License-Identifier: Apache-2.0
#include "cli/chip_options.h"

namespace po = boost::program_options;

namespace npulse::cli {

void add_chip_options(CommandLine& line) {
  line.options()("memory", po::value<std::string>()->value_name("PART[@VARIANT][:CHANNELS]"),
                 "Put another memory on the chip; without a count, the part's typical one.")(
      "memory-engine", po::value<std::string>()->value_name("ENGINE"),
      "How DRAM channels are simulated: fast (granules of rows, memoised), or reference (every "
      "command).")(
      "set", po::value<std::vector<std::string>>()->value_name("PATH=VALUE")->composing(),
      "Change any parameter of the chip (`dma.start_cycles=100`), or of its memory part "
      "(`part.timing.t_rcd.ns=20`); may be given often.");
}

std::vector<std::string> chip_sets(const CommandLine& line) {
  std::vector<std::string> sets;
  if (line.has("memory-engine")) {
    sets.push_back("memory.engine=" + line.get<std::string>("memory-engine"));
  }
  if (line.has("set")) {
    const auto given = line.get<std::vector<std::string>>("set");
    sets.insert(sets.end(), given.begin(), given.end());
  }
  return sets;
}

arch::Chip chip_from(const CommandLine& line, const std::string& name) {
  arch::ChipChanges changes;
  if (line.has("memory")) changes.memory = line.get<std::string>("memory");
  changes.sets = chip_sets(line);
  return arch::load_chip(name, changes);
}

}  // namespace npulse::cli
