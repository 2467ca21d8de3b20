// SPDX-License-Identifier: Apache-2.0
// npulse check PROGRAM --chip CHIP
#include <fmt/format.h>

#include <iostream>

#include "arch/chip/targets.h"
#include "cli/chip_options.h"
#include "cli/program_options.h"
#include "sim/core/error.h"
#include "traces/program_file.h"

namespace po = boost::program_options;

namespace npulse::cli {
namespace {

/// --chip, or else the target that the program names.
std::string chip_name(const CommandLine& line, const std::string& program) {
  if (line.has("chip")) return line.get<std::string>("chip");
  const std::string target =
      is_model(program) ? "" : traces::open_program(program)->header().target;
  if (!target.empty()) return target;
  throw InputError{"command line", "'" + program + "' names no target", "say --chip CHIP"};
}

}  // namespace

int check_command(const Arguments& arguments) {
  CommandLine line{"check PROGRAM --chip CHIP", "npulse check step.npb --chip rngd"};
  line.positional("PROGRAM", "A program (.npt, .npb), or a model to lower and check.");
  line.options()("chip", po::value<std::string>()->value_name("CHIP"),
                 "Chip to check against; without it, the program's own target.");
  add_chip_options(line);
  add_model_options(line);
  if (!line.parse(arguments)) return 0;
  const auto& name = line.get<std::string>("PROGRAM");
  const arch::Chip chip = chip_from(line, chip_name(line, name));
  const auto program = program_from(line, name, chip);
  const isa::CheckReport found = isa::check(*program, arch::check_target(chip));
  for (const Diagnostic& warning : found.warnings)
    fmt::print(stderr, "warning: {}\n", warning.text());
  found.throw_if_errors();
  fmt::print("{}: no errors, {} warnings; {} instructions checked for {}\n", program->name(),
             found.warning_count, found.instructions, chip.params.name);
  return 0;
}

}  // namespace npulse::cli
