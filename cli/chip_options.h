// SPDX-License-Identifier: Apache-2.0
// The options that choose and change a chip.
#pragma once

#include "arch/chip/chip.h"
#include "cli/command.h"

namespace npulse::cli {

/// Adds --memory, --memory-engine and --set.
void add_chip_options(CommandLine& line);

/// What --memory-engine and --set change, as PATH=VALUE.
std::vector<std::string> chip_sets(const CommandLine& line);

/// The chip `name` with those options applied.
arch::Chip chip_from(const CommandLine& line, const std::string& name);

}  // namespace npulse::cli
