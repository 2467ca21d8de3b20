// SPDX-License-Identifier: Apache-2.0
#include "cli/dram_options.h"

#include "cli/enum_option.h"

namespace po = boost::program_options;

namespace npulse::cli {

void add_memory_options(CommandLine& line) {
  line.options()("channels", po::value<std::int64_t>()->value_name("N"),
                 "Channels; the part's typical number without it.")(
      "mapping", po::value<std::string>()->value_name("PRESET"),
      "Address mapping; the part's own without it.")(
      "engine", po::value<std::string>()->value_name("ENGINE"),
      "Model of the channels: reference (default), exact to the command, or fast.")(
      "set", po::value<std::vector<std::string>>()->value_name("PATH=VALUE")->composing(),
      "Change any parameter of the controller (`controller.queue_bursts=32`) or of the part "
      "(`part.timing.t_rcd.ns=20`); may be given often.");
}

void add_trace_options(CommandLine& line) {
  line.options()("format", po::value<std::string>()->value_name("FORMAT"),
                 "native, stl, rstl, ramulator, dramsim3 or simpleo3; without it, by the ending "
                 ".stl or .rstl, "
                 "then by the first line.")(
      "timed",
      "Offer each request at its time in the trace, not as soon as the one before is taken.")(
      "clock", po::value<double>()->value_name("MHZ"),
      "Clock of the trace's times; the part's command clock without it.")(
      "size", po::value<std::int64_t>()->value_name("BYTES"),
      "Size of requests that name none; a burst of the part without it.")(
      "requests", po::value<std::int64_t>()->value_name("N"), "Stop after N requests.");
}

arch::DramSystem dram_system_from(const CommandLine& line, const std::string& part) {
  arch::DramChanges changes;
  if (line.has("channels")) changes.channels = line.get<std::int64_t>("channels");
  if (line.has("mapping")) changes.mapping = choice<dram::MapPreset>(line, "mapping");
  if (line.has("engine")) changes.engine = choice<dram::MemoryEngine>(line, "engine");
  if (line.has("set")) changes.sets = line.get<std::vector<std::string>>("set");
  return arch::load_dram_system(part, changes);
}

arch::TraceOptions trace_options_from(const CommandLine& line, const std::string& path) {
  arch::TraceOptions options{path};
  if (line.has("format")) options.dialect = choice<traces::Dialect>(line, "format");
  options.timed = line.has("timed");
  if (line.has("clock")) options.clock_mhz = line.get<double>("clock");
  if (line.has("size")) options.bytes = Bytes{line.get<std::int64_t>("size")};
  if (line.has("requests")) options.limit = line.get<std::int64_t>("requests");
  return options;
}

}  // namespace npulse::cli
