// SPDX-License-Identifier: Apache-2.0
// The options that choose a memory and a trace.
#pragma once

#include "arch/chip/replay/dram_system.h"
#include "arch/chip/replay/trace_stream.h"
#include "cli/command.h"

namespace npulse::cli {

/// Adds --channels, --mapping and --set.
void add_memory_options(CommandLine& line);
/// Adds --format, --timed, --clock, --size and --requests.
void add_trace_options(CommandLine& line);

arch::DramSystem dram_system_from(const CommandLine& line, const std::string& part);
arch::TraceOptions trace_options_from(const CommandLine& line, const std::string& path);

/// The value of an option that names one of E.
template <class E>
E choice(const CommandLine& line, const char* option) {
  const auto& text = line.get<std::string>(option);
  if (const auto value = parse_enum<E>(text)) return *value;
  const auto names = all_names<E>();
  throw InputError{std::string{"--"} + option,
                   "unknown value '" + text + "'; allowed: " + join(names),
                   did_you_mean(text, names)};
}

}  // namespace npulse::cli
