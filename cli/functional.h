// SPDX-License-Identifier: Apache-2.0
// The options of functional runs, and what such a run shows.
#pragma once

#include <functional>
#include <nlohmann/json.hpp>

#include "arch/chip/chip.h"
#include "cli/command.h"
#include "isa/functional/run.h"

namespace npulse::cli {

/// Adds --functional, --functional-only, --in, --out, --seed and --orders.
void add_functional_options(CommandLine& line);

/// True with --functional or --functional-only. Throws InputError when one of the others stands
/// alone.
bool is_functional(const CommandLine& line);

/// Executes the program on values; writes the outputs that --out asks for.
isa::functional::RunResult execute(const CommandLine& line, const arch::Chip& chip,
                                   const isa::Program& program, const std::function<void()>& poll);

nlohmann::ordered_json to_json(const isa::functional::RunResult& result);
std::string to_text(const isa::functional::RunResult& result);

/// Throws SimulationError when the order of instructions changes the result.
void require_one_result(const isa::functional::RunResult& result);

}  // namespace npulse::cli
