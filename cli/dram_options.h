// SPDX-License-Identifier: Apache-2.0
// The options that choose a memory and a trace.
#pragma once

#include "arch/chip/replay/dram_system.h"
#include "arch/chip/replay/trace_stream.h"
#include "cli/command.h"

namespace npulse::cli {

/// Adds --channels, --mapping, --engine and --set.
void add_memory_options(CommandLine& line);
/// Adds --format, --timed, --clock, --size and --requests.
void add_trace_options(CommandLine& line);

arch::DramSystem dram_system_from(const CommandLine& line, const std::string& part);
arch::TraceOptions trace_options_from(const CommandLine& line, const std::string& path);

}  // namespace npulse::cli
