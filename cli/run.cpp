// SPDX-License-Identifier: Apache-2.0
// npulse run CHIP PROGRAM
#include "arch/chip/run.h"

#include <iostream>

#include "arch/chip/report_json.h"
#include "arch/chip/report_text.h"
#include "cli/chip_options.h"
#include "cli/interrupt.h"
#include "cli/program_options.h"
#include "cli/progress.h"
#include "sim/core/output_file.h"
#include "sim/core/text_table.h"

namespace po = boost::program_options;

namespace npulse::cli {
namespace {

void write_json(const std::string& target, const arch::Report& report) {
  const std::string text = to_json(report).dump(2) + "\n";
  if (target == "-") {
    std::cout << text;
  } else {
    write_file(target, text);
  }
}

CommandLine make_line() {
  CommandLine line{"run CHIP PROGRAM [options]",
                   "npulse run rngd llama-3.1-8b --phase decode --context 2048 --weights fp8 "
                   "--memory lpddr5x-8533 --json out.json"};
  line.positional("CHIP", "A name (npulse list chips) or a path of a chip file.");
  line.positional("PROGRAM", "A program (.npt, .npb), or a model: a name (npulse list models), the "
                             "path of a config.json, or gemm:M,N,K.");
  add_chip_options(line);
  add_model_options(line);
  line.options()("json", po::value<std::string>()->value_name("FILE"),
                 "Write the report as JSON; - is standard output.")(
      "timeline", po::value<std::string>()->value_name("FILE"),
      "Write what ran when, for ui.perfetto.dev.")(
      "max-ms", po::value<double>()->value_name("MS"), "Fail when simulated time passes this limit.")(
      "quiet,q", "No text report and no progress bar.");
  return line;
}

}  // namespace

int run_command(const Arguments& arguments) {
  CommandLine line = make_line();
  if (!line.parse(arguments)) return 0;
  const bool quiet = line.has("quiet");
  const arch::Chip chip = chip_from(line, line.get<std::string>("CHIP"));
  const auto program = program_from(line, line.get<std::string>("PROGRAM"), chip);

  const InterruptGuard guard;
  ProgressBar bar{"running", quiet};
  arch::RunOptions options;
  if (line.has("timeline")) options.timeline = line.get<std::string>("timeline");
  if (line.has("max-ms")) {
    options.time_limit = Picoseconds{static_cast<std::int64_t>(line.get<double>("max-ms") * 1e9)};
  }
  options.poll = [&] { guard.poll(); };
  options.progress = [&](double fraction, Picoseconds time) {
    bar.update(fraction, scaled(static_cast<double>(time.count()) * 1e-12, "s") + " simulated");
  };
  const arch::Report report = arch::run(chip, *program, options);
  bar.clear();

  const bool json_to_stdout = line.has("json") && line.get<std::string>("json") == "-";
  if (!quiet && !json_to_stdout) std::cout << to_text(report);
  if (line.has("json")) write_json(line.get<std::string>("json"), report);
  return 0;
}

}  // namespace npulse::cli
