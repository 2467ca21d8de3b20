// SPDX-License-Identifier: Apache-2.0
// npulse convert TRACE -o FILE
#include <fmt/format.h>

#include "cli/dram_options.h"
#include "cli/enum_option.h"
#include "traces/dram/output.h"
#include "traces/dram/writer.h"

namespace po = boost::program_options;

namespace npulse::cli {
namespace {

traces::Dialect named_dialect(const CommandLine& line) {
  const auto dialect = choice<traces::Dialect>(line, "to");
  if (traces::can_be_written(dialect)) return dialect;
  throw InputError{"--to",
                   to_string(dialect) + std::string{" is only read: its stores stand behind loads"},
                   "take ramulator, its loads and stores without a core"};
}

/// --to, or else what the ending says.
traces::Dialect target_dialect(const CommandLine& line, const std::string& path) {
  if (line.has("to")) return named_dialect(line);
  if (const auto named = traces::dialect_of_name(path)) return *named;
  throw InputError{path, "the ending does not say which format",
                   "say --to " + join(all_names<traces::Dialect>())};
}

}  // namespace

int convert_command(const Arguments& arguments) {
  CommandLine line{"convert TRACE -o FILE [--to FORMAT]",
                   "npulse convert reads.trace.gz -o reads.stl"};
  line.positional("TRACE", "A DRAM trace, plain or gzip; docs/dram.md describes the formats.");
  line.options()("output,o", po::value<std::string>()->value_name("FILE"),
                 "Trace to write; with gzip when FILE ends in .gz.")(
      "format", po::value<std::string>()->value_name("FORMAT"),
      "Format of TRACE; without it, by the ending .stl or .rstl, then by the first line.")(
      "to", po::value<std::string>()->value_name("FORMAT"),
      "native, stl, rstl, ramulator or dramsim3; without it, by FILE's ending.");
  if (!line.parse(arguments)) return 0;
  if (!line.has("output")) {
    throw InputError{"command line", "-o FILE is missing", "usage: npulse convert TRACE -o FILE"};
  }
  const auto& from = line.get<std::string>("TRACE");
  const auto& to = line.get<std::string>("output");
  traces::ReaderOptions options;
  if (line.has("format")) options.dialect = choice<traces::Dialect>(line, "format");
  traces::TraceInput input{from};
  traces::AccessReader reader{input.stream(), from, options};
  const traces::Dialect dialect = target_dialect(line, to);
  traces::TraceOutput output{to};
  traces::AccessWriter writer{output.stream(), dialect};
  std::int64_t count = 0;
  for (; const auto access = reader.next(); ++count) writer.put(*access);
  output.commit();
  fmt::print("wrote {}: {} requests as {}\n", to, count, to_string(dialect));
  return 0;
}

}  // namespace npulse::cli
