// SPDX-License-Identifier: Apache-2.0
// npulse run CHIP PROGRAM
#include "arch/chip/run.h"

#include <fmt/format.h>

#include <cmath>
#include <iostream>

#include "arch/chip/report_json.h"
#include "arch/chip/report_text.h"
#include "cli/chip_options.h"
#include "cli/functional.h"
#include "cli/html_target.h"
#include "cli/interrupt.h"
#include "cli/json_target.h"
#include "cli/program_options.h"
#include "cli/progress.h"
#include "sim/core/error.h"
#include "sim/core/text_table.h"

namespace po = boost::program_options;

namespace npulse::cli {
namespace {

/// --max-ms in picoseconds.
Picoseconds time_limit(const CommandLine& line) {
  constexpr double kPicosecondsPerMs = 1e9, kMost = 1e6;
  const double ms = line.get<double>("max-ms");
  if (ms > 0 && ms <= kMost) return Picoseconds{std::llround(ms * kPicosecondsPerMs)};
  throw InputError{"--max-ms", fmt::format("{} is out of range", ms),
                   fmt::format("use more than 0 and at most {}", kMost)};
}

arch::RunOptions run_options(const CommandLine& line) {
  arch::RunOptions options;
  if (line.has("vcd")) options.waveform = line.get<std::string>("vcd");
  if (line.has("max-ms")) options.time_limit = time_limit(line);
  options.check = !line.has("no-check");
  return options;
}

arch::Report timed(const CommandLine& line, const arch::Chip& chip, const isa::Program& program,
                   const InterruptGuard& guard, const HtmlTarget& html) {
  arch::RunOptions options = run_options(line);
  options.timeline = html.timeline();
  ProgressBar bar{"running", line.has("quiet")};
  options.poll = [&] { guard.poll(); };
  options.progress = [&](double fraction, Picoseconds time) {
    bar.update(fraction, scaled(static_cast<double>(time.count()) * 1e-12, "s") + " simulated");
  };
  arch::Report report = arch::run(chip, program, options);
  bar.clear();
  return report;
}

CommandLine make_line() {
  CommandLine line{"run CHIP PROGRAM [options]",
                   "npulse run rngd llama-3.1-8b --phase decode --context 2048 --weights fp8 "
                   "--memory lpddr5x-8533 --json out.json\n"
                   "  npulse run edu-8x8 gemm:256,256,256 --html report.html"};
  line.positional("CHIP", "A name (npulse list chips) or a path of a chip file.");
  line.positional(
      "PROGRAM",
      "A program (.npt, .npb), or a model: a name (npulse list models), the "
      "path of a config.json, gemm:M,N,K, a graph (docs/graph.md), or a file that npulse "
      "import reads (.onnx, .csv).");
  add_chip_options(line);
  add_model_options(line);
  add_json_option(line);
  add_html_option(line);
  add_functional_options(line);
  line.options()("timeline", po::value<std::string>()->value_name("FILE"),
                 "Write what ran when, for ui.perfetto.dev.")(
      "vcd", po::value<std::string>()->value_name("FILE"),
      "Write the states of all queues as a value change dump, for GTKWave.")(
      "max-ms", po::value<double>()->value_name("MS"),
      "Fail when simulated time passes this limit.")(
      "no-check", "Run the program without checking it first; a fault then shows as it happens.")(
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
  for (const char* option : {"timeline", "vcd", "max-ms", "html"}) {
    if (!line.has("functional-only") || !line.has(option)) continue;
    throw InputError{std::string{"--"} + option,
                     "is about time, which --functional-only leaves out", "take --functional"};
  }
  const InterruptGuard guard;
  JsonTarget json{line};
  const HtmlTarget html{line};
  const bool shows = !quiet && !json.to_stdout();
  std::optional<isa::functional::RunResult> values;
  if (is_functional(line)) values = execute(line, chip, *program, [&] { guard.poll(); });
  nlohmann::ordered_json out, page;
  if (!line.has("functional-only")) {
    const arch::Report report = timed(line, chip, *program, guard, html);
    if (shows) std::cout << to_text(report);
    out = page = to_json(report);
  }
  if (values) {
    if (shows) std::cout << to_text(*values);
    out["outputs"] = to_json(*values);
  }
  json.write(out);
  const int code = html.write(page);
  if (values) require_one_result(*values);
  return code;
}

}  // namespace npulse::cli
