// SPDX-License-Identifier: Apache-2.0
// npulse lower MODEL --chip CHIP -o PROGRAM
#include <fmt/format.h>

#include "cli/chip_options.h"
#include "cli/import_options.h"
#include "cli/program_options.h"
#include "traces/program_file.h"

namespace po = boost::program_options;

namespace npulse::cli {

int lower_command(const Arguments& arguments) {
  CommandLine line{
      "lower MODEL --chip CHIP -o PROGRAM [options]",
      "npulse lower llama-3.1-8b --chip rngd --phase prefill --context 512 -o step.npb"};
  line.positional("MODEL",
                  "A name (npulse list models), the path of a config.json, gemm:M,N,K, a graph "
                  "(docs/graph.md) or a file that npulse import reads.");
  line.options()("chip", po::value<std::string>()->required()->value_name("CHIP"),
                 "Chip to lower for.")("output,o",
                                       po::value<std::string>()->required()->value_name("FILE"),
                                       "Program to write: .npt is text, .npb is binary.");
  add_chip_options(line);
  add_model_options(line);
  if (!line.parse(arguments)) return 0;
  const arch::Chip chip = chip_from(line, line.get<std::string>("chip"));
  if (const auto graph = graph_in(line, line.get<std::string>("MODEL"))) {
    lower_graph(line, *graph, chip, *traces::create_program(line.get<std::string>("output")));
    fmt::print("wrote {}\n", line.get<std::string>("output"));
    return 0;
  }
  const lowering::Model model = load_model(line, line.get<std::string>("MODEL"));
  const auto sink = traces::create_program(line.get<std::string>("output"));
  lower_model(line, model, chip, *sink);
  if (const auto* transformer = std::get_if<lowering::Transformer>(&model)) {
    fmt::print("{}: {} parameters\n", transformer->name, transformer->parameters());
  }
  fmt::print("wrote {}\n", line.get<std::string>("output"));
  return 0;
}

}  // namespace npulse::cli
