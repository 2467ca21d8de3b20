// SPDX-License-Identifier: Apache-2.0
#include "cli/functional.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <filesystem>

#include "arch/chip/targets.h"
#include "cli/enum_option.h"
#include "isa/functional/npy.h"
#include "isa/text/values.h"
#include "sim/core/error.h"
#include "sim/core/text_table.h"

namespace po = boost::program_options;

namespace npulse::cli {
namespace {

namespace functional = isa::functional;
using Texts = std::vector<std::string>;

constexpr const char* kFunctionalOptions[] = {"in", "out", "seed", "orders"};

struct Given {
  std::string name, file;
};

Given split(const std::string& text) {
  const std::size_t equals = text.find('=');
  if (equals != std::string::npos && equals > 0 && equals + 1 < text.size())
    return {text.substr(0, equals), text.substr(equals + 1)};
  throw InputError{"--in", "'" + text + "' is no NAME=FILE", "as in --in a=a.npy"};
}

std::vector<std::uint8_t> bytes_of_file(const std::string& path) {
  const std::string text = functional::read_file(path);
  return {text.begin(), text.end()};
}

/// The address of `dram:ADDRESS`; nothing for a tensor's name.
std::optional<Address> dram_address(const std::string& text) {
  if (text.find(':') == std::string::npos) return std::nullopt;
  isa::Operand place;
  isa::text::Cursor cursor{text};
  try {
    isa::text::parse(cursor, place);
    if (place.space == isa::Space::dram && cursor.at_end() && place.steps == isa::LoopSteps{})
      return place.address;
  } catch (const isa::text::LineFault&) {
    // told below: of the option, not of a line
  }
  throw InputError{"--in", "'" + text + "' is no place in dram", "as in --in dram:0x1000=raw.bin"};
}

void take_input(const Given& given, functional::RunOptions& options) {
  if (const auto at = dram_address(given.name)) {
    options.raw.push_back({*at, bytes_of_file(given.file)});
  } else if (options.inputs.contains(given.name)) {
    throw InputError{"--in", "'" + given.name + "' is given twice", "give each input one file"};
  } else {
    options.inputs[given.name] = functional::read_npy(given.file);
  }
}

void write_outputs(const std::filesystem::path& folder, const functional::RunResult& result) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) throw InputError{"--out", folder.string() + ": " + error.message()};
  for (const auto& [name, output] : result.outputs)
    functional::write_npy(folder / (name + ".npy"), output.array, output.type);
}

/// Of all values that are numbers; all 0 when none is.
struct Range {
  double low = 0, high = 0, mean = 0;
  std::int64_t no_numbers = 0;
};

Range range_of(const functional::Array& array) {
  Range range;
  std::int64_t numbers = 0;
  double sum = 0;
  for (const double value : array.values) {
    if (std::isnan(value)) continue;
    range.low = numbers == 0 ? value : std::min(range.low, value);
    range.high = numbers == 0 ? value : std::max(range.high, value);
    sum += value;
    ++numbers;
  }
  if (numbers > 0) range.mean = sum / static_cast<double>(numbers);
  range.no_numbers = static_cast<std::int64_t>(array.values.size()) - numbers;
  return range;
}

}  // namespace

void add_functional_options(CommandLine& line) {
  line.options()("functional", "Also execute the program on values; see docs/functional.md.")(
      "functional-only", "Execute it on values, without timing.")(
      "in", po::value<Texts>()->composing()->value_name("NAME=FILE"),
      "Values of a tensor (.npy), or bytes for dram:ADDRESS; the others are random. Repeatable.")(
      "out", po::value<std::string>()->value_name("FOLDER"),
      "Write each output as FOLDER/NAME.npy.")("seed", po::value<std::int64_t>()->value_name("N"),
                                               "Of random values (default 1).")(
      "orders", po::value<std::string>()->value_name("ORDERS"),
      "one (default), or all: each queue once as late as events allow; fail if results differ.");
}

bool is_functional(const CommandLine& line) {
  if (line.has("functional") || line.has("functional-only")) return true;
  for (const char* option : kFunctionalOptions) {
    if (line.has(option)) {
      throw InputError{std::string{"--"} + option, "only goes with a functional run",
                       "add --functional or --functional-only"};
    }
  }
  return false;
}

functional::RunResult execute(const CommandLine& line, const arch::Chip& chip,
                              const isa::Program& program, const std::function<void()>& poll) {
  functional::RunOptions options;
  if (line.has("in")) {
    for (const auto& text : line.get<Texts>("in")) take_input(split(text), options);
  }
  if (line.has("seed")) {
    const auto seed = line.get<std::int64_t>("seed");
    if (seed < 0) throw InputError{"--seed", fmt::format("{} is less than 0", seed)};
    options.seed = static_cast<std::uint64_t>(seed);
  }
  if (line.has("orders")) options.orders = choice<functional::Orders>(line, "orders");
  options.poll = poll;
  functional::RunResult result = run(program, arch::check_target(chip), options);
  for (const auto& warning : result.warnings)
    fmt::print(stderr, "warning: {}: {}\n", program.name(), warning);
  if (line.has("out")) write_outputs(line.get<std::string>("out"), result);
  return result;
}

nlohmann::ordered_json to_json(const functional::RunResult& result) {
  nlohmann::ordered_json json{{"instructions", result.instructions},
                              {"orders", result.orders},
                              {"differences", nlohmann::ordered_json::array()},
                              {"warnings", result.warnings},
                              {"tensors", nlohmann::ordered_json::object()}};
  for (const auto& difference : result.differences)
    json["differences"].push_back({{"order", difference.order}, {"what", difference.what}});
  for (const auto& [name, output] : result.outputs) {
    const Range range = range_of(output.array);
    json["tensors"][name] = {{"type", to_string(output.type)},
                             {"shape", output.array.shape},
                             {"min", range.low},
                             {"max", range.high},
                             {"mean", range.mean},
                             {"nan", range.no_numbers}};
  }
  return json;
}

std::string to_text(const functional::RunResult& result) {
  std::string text =
      fmt::format("\nExecuted on values: {} instructions, {} {}\n", result.instructions,
                  result.orders, result.orders == 1 ? "order" : "orders");
  for (const auto& [name, output] : result.outputs) {
    const Range range = range_of(output.array);
    text +=
        fmt::format("  {:<12} {} [{}]  {:.5g} to {:.5g}, mean {:.5g}", name, to_string(output.type),
                    fmt::join(output.array.shape, ","), range.low, range.high, range.mean);
    if (range.no_numbers > 0) text += fmt::format("; {} are no numbers", range.no_numbers);
    text += '\n';
  }
  if (result.outputs.empty()) text += "  the program declares no outputs\n";
  return text;
}

void require_one_result(const functional::RunResult& result) {
  if (result.differences.empty()) return;
  std::string text = "the order of instructions changes the result: something waits too little";
  for (const auto& difference : result.differences)
    text += fmt::format("\n{}: {}", difference.order, difference.what);
  throw SimulationError{text};
}

}  // namespace npulse::cli
