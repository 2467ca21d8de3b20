// SPDX-License-Identifier: Apache-2.0
// npulse dram PART TRACE
#include <iostream>

#include "arch/chip/replay/replay_json.h"
#include "arch/chip/replay/replay_text.h"
#include "cli/dram_options.h"
#include "cli/interrupt.h"
#include "cli/json_target.h"
#include "cli/progress.h"
#include "traces/dram/output.h"

namespace po = boost::program_options;

namespace npulse::cli {
namespace {

CommandLine make_line() {
  CommandLine line{"dram PART TRACE [options]",
                   "npulse dram lpddr5-6400 reads.trace --channels 1 --json out.json"};
  line.positional("PART", "A memory part: a name (npulse list parts), PART@VARIANT or a path.");
  line.positional(
      "TRACE",
      "A trace of requests, plain or gzip; docs/dram.md describes the formats. The native "
      "one has a line `SOURCE R|W 0xADDRESS` a request.");
  add_memory_options(line);
  add_trace_options(line);
  line.options()("commands", po::value<std::string>()->value_name("FILE"),
                 "Write every DRAM command, a line each; with gzip when FILE ends in .gz.")(
      "suggest-mapping",
      "Try every mapping preset on the first 200000 requests (fewer with --requests), and say "
      "which is best.");
  add_json_option(line);
  line.options()("quiet,q", "No text report and no progress bar.");
  return line;
}

void refuse_commands(const CommandLine& line) {
  if (!line.has("commands")) return;
  throw InputError{"command line", "--commands does not go with --suggest-mapping",
                   "give the suggested --mapping in a second call"};
}

/// Prints and writes what a command found.
template <class Result>
void deliver(const CommandLine& line, JsonTarget& json, const Result& result) {
  if (!line.has("quiet") && !json.to_stdout()) std::cout << to_text(result);
  json.write(to_json(result));
}

}  // namespace

int dram_command(const Arguments& arguments) {
  CommandLine line = make_line();
  if (!line.parse(arguments)) return 0;
  const auto system = dram_system_from(line, line.get<std::string>("PART"));
  const auto trace = trace_options_from(line, line.get<std::string>("TRACE"));
  arch::ReplaySettings settings;
  const InterruptGuard guard;
  JsonTarget json{line};
  ProgressBar bar{"replaying", line.has("quiet")};
  settings.poll = [&](double share) {
    guard.poll();
    bar.update(share, "");
  };
  if (line.has("suggest-mapping")) {
    refuse_commands(line);
    const auto table = arch::suggest_mapping(system, trace, settings.poll);
    bar.clear();
    deliver(line, json, table);
    return 0;
  }
  std::optional<traces::TraceOutput> commands;
  if (line.has("commands")) commands.emplace(line.get<std::string>("commands"));
  if (commands) settings.commands = &commands->stream();
  const auto report = arch::replay(system, trace, settings);
  bar.clear();
  if (commands) commands->commit();
  deliver(line, json, report);
  return 0;
}

}  // namespace npulse::cli
