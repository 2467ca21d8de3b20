// SPDX-License-Identifier: Apache-2.0
// The options that say who chooses tiles, loop orders and splits.
#pragma once

#include "arch/chip/chip.h"
#include "cli/command.h"
#include "traces/lowering/map_search.h"

namespace npulse::cli {

/// Adds --mapping, --map, --map-budget and --write-mapping.
void add_mapping_options(CommandLine& line);
bool has_mapping_options(const CommandLine& line);

/// The file of --mapping.
std::optional<lowering::Mapping> mapping_in(const CommandLine& line);

/// Whether --map asks for a search.
bool searches(const CommandLine& line);

/// Calls `search` with what simulates layers on `chip`, under a progress bar.
lowering::Mapping searched(
    const CommandLine& line, const arch::Chip& chip,
    const std::function<lowering::Mapping(const lowering::MapSearch&)>& search);

/// The file of --write-mapping.
void write_choices(const CommandLine& line, const arch::Chip& chip, const std::string& model,
                   const lowering::Mapping& choices);

}  // namespace npulse::cli
