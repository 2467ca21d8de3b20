// SPDX-License-Identifier: Apache-2.0
#include "cli/mapping_options.h"

#include <fmt/format.h>

#include "arch/chip/run.h"
#include "cli/enum_option.h"
#include "cli/interrupt.h"
#include "cli/progress.h"
#include "sim/core/output_file.h"

namespace po = boost::program_options;

namespace npulse::cli {
namespace {

constexpr const char* kOptions[] = {"mapping", "map", "map-budget", "write-mapping"};

std::int64_t budget(const CommandLine& line) {
  constexpr std::int64_t kMost = 1'000'000;
  if (!line.has("map-budget")) return lowering::kMapBudget;
  const auto value = line.get<std::int64_t>("map-budget");
  if (value >= 1 && value <= kMost) return value;
  throw InputError{"--map-budget", std::to_string(value) + " is out of range",
                   fmt::format("use 1 to {}", kMost)};
}

}  // namespace

void add_mapping_options(CommandLine& line) {
  line.options()("mapping", po::value<std::string>()->value_name("FILE"),
                 "Tiles, loop orders and splits of layers (docs/mapping.md).")(
      "map", po::value<std::string>()->value_name("HOW"),
      "What the mapping leaves open is chosen by cost (default) or by search.")(
      "map-budget", po::value<std::int64_t>()->value_name("N"),
      fmt::format("Simulations of a search (default {}).", lowering::kMapBudget).c_str())(
      "write-mapping", po::value<std::string>()->value_name("FILE"),
      "Write the choices made, in the form that --mapping reads.");
}

bool has_mapping_options(const CommandLine& line) {
  return std::any_of(std::begin(kOptions), std::end(kOptions),
                     [&](const char* option) { return line.has(option); });
}

std::optional<lowering::Mapping> mapping_in(const CommandLine& line) {
  if (!line.has("mapping")) return std::nullopt;
  return lowering::load_mapping(line.get<std::string>("mapping"));
}

bool searches(const CommandLine& line) {
  const bool search =
      line.has("map") && choice<lowering::MapChoice>(line, "map") == lowering::MapChoice::search;
  if (line.has("map-budget") && !search)
    throw InputError{"--map-budget", "goes with --map search only", "add it, or leave this out"};
  return search;
}

lowering::Mapping searched(
    const CommandLine& line, const arch::Chip& chip,
    const std::function<lowering::Mapping(const lowering::MapSearch&)>& search) {
  const InterruptGuard guard;
  ProgressBar bar{"searching", line.has("quiet")};
  lowering::MapSearch how;
  how.budget = budget(line);
  how.cycles = [&](const isa::Program& program) {
    arch::RunOptions options;
    options.check = false;  // what is chosen is checked when it runs
    options.poll = [&] { guard.poll(); };
    return arch::run(chip, program, options).cycles;
  };
  how.progress = [&](double fraction, const std::string& layer) { bar.update(fraction, layer); };
  return search(how);
}

void write_choices(const CommandLine& line, const arch::Chip& chip, const std::string& model,
                   const lowering::Mapping& choices) {
  if (!line.has("write-mapping")) return;
  write_file(line.get<std::string>("write-mapping"),
             to_yaml(choices, lowering::mapping_title(model, chip.params.name)));
}

}  // namespace npulse::cli
