// SPDX-License-Identifier: Apache-2.0
// npulse estimate MODEL --bandwidth GB/s: what memory alone lets a model decode, without a run
#include <fmt/format.h>

#include "cli/enum_option.h"
#include "cli/json_target.h"
#include "cli/program_options.h"
#include "isa/types.h"
#include "sim/core/text_table.h"
#include "traces/lowering/decode_bound.h"
#include "traces/lowering/formats.h"
#include "traces/lowering/options.h"

namespace po = boost::program_options;

namespace npulse::cli {
namespace {

constexpr std::int64_t kMostTokens = 1 << 24;

CommandLine make_line() {
  CommandLine line{"estimate MODEL --bandwidth GB/s [options]",
                   "npulse estimate llama-3.1-8b --bandwidth 273 --memory lpddr --weights int4g32"};
  line.positional("MODEL",
                  "A language model: a name (npulse list models) or the path of a config.json.");
  line.options()("bandwidth", po::value<double>()->required()->value_name("GB/s"),
                 "Peak bandwidth of the device's memory.")(
      "memory", po::value<std::string>()->default_value("lpddr")->value_name("CLASS"),
      "lpddr, gddr or hbm: the share of the peak that published runs reached (docs/fidelity.md).")(
      "efficiency", po::value<double>()->value_name("SHARE"),
      "That share, from 0 to 1, if you know better.")(
      "weights", po::value<std::string>()->default_value("bf16")->value_name("FORMAT"),
      (join(all_names<lowering::WeightFormat>()) + ".").c_str())(
      "kv", po::value<std::string>()->default_value("bf16")->value_name("TYPE"),
      "Element type of the KV cache.")(
      "context", po::value<std::int64_t>()->default_value(2048)->value_name("N"),
      "Tokens in the KV cache.");
  add_expect_option(line);
  add_json_option(line);
  return line;
}

double checked(const char* option, double value, double most) {
  if (value > 0 && value <= most) return value;
  throw InputError{option, fmt::format("{} is out of range", value),
                   fmt::format("use more than 0 and at most {}", most)};
}

lowering::DecodeState state_from(const CommandLine& line) {
  const auto context = line.get<std::int64_t>("context");
  if (context < 0 || context > kMostTokens) {
    throw InputError{"--context", fmt::format("{} is out of range", context),
                     fmt::format("use 0 to {}", kMostTokens)};
  }
  return {lowering::bits_per_weight(choice<lowering::WeightFormat>(line, "weights")),
          static_cast<double>(isa::bits_of(choice<isa::DataType>(line, "kv"))),
          static_cast<double>(context)};
}

double efficiency_from(const CommandLine& line) {
  if (line.has("efficiency")) return checked("--efficiency", line.get<double>("efficiency"), 1);
  return lowering::measured_efficiency(choice<lowering::MemoryClass>(line, "memory"));
}

/// One sequence's next token, from the bytes that memory must deliver for it.
struct Estimate {
  std::string model;
  double bits_per_weight = 0, weight_bytes = 0, kv_bytes = 0;
  double peak_tokens_per_s = 0, tokens_per_s = 0, efficiency = 0;
};

Estimate estimate(const lowering::Transformer& model, const lowering::DecodeState& state,
                  double bandwidth, double efficiency) {
  lowering::DecodeState without_kv = state;
  without_kv.context = 0;
  const double weights = lowering::decode_bytes(model, without_kv);
  return {model.name,
          state.bits_per_weight,
          weights,
          lowering::decode_bytes(model, state) - weights,
          lowering::decode_tokens_per_s(model, state, bandwidth, 1),
          lowering::decode_tokens_per_s(model, state, bandwidth, efficiency),
          efficiency};
}

std::string to_text(const Estimate& e) {
  return fmt::format(
      "{}, one sequence\n"
      "  weights read  {} a token ({:.4g} bits a weight)\n"
      "  KV read       {} a token\n"
      "  at the peak   {:.2f} tokens/s\n"
      "  estimate      {:.2f} tokens/s at {} of the peak\n",
      e.model, scaled(e.weight_bytes, "B"), e.bits_per_weight, scaled(e.kv_bytes, "B"),
      e.peak_tokens_per_s, e.tokens_per_s, percent(e.efficiency));
}

nlohmann::ordered_json to_json(const Estimate& e) {
  return {{"model", e.model},
          {"bits_per_weight", e.bits_per_weight},
          {"weight_bytes_per_token", e.weight_bytes},
          {"kv_bytes_per_token", e.kv_bytes},
          {"efficiency", e.efficiency},
          {"peak_tokens_per_s", e.peak_tokens_per_s},
          {"tokens_per_s", e.tokens_per_s}};
}

}  // namespace

int estimate_command(const Arguments& arguments) {
  CommandLine line = make_line();
  if (!line.parse(arguments)) return 0;
  const auto model = load_model(line, line.get<std::string>("MODEL"));
  const auto* transformer = std::get_if<lowering::Transformer>(&model);
  if (!transformer) {
    throw InputError{"MODEL", "a gemm does not decode",
                     "give a language model (npulse list models)"};
  }
  const double bandwidth = checked("--bandwidth", line.get<double>("bandwidth"), 1e6) * 1e9;
  JsonTarget json{line};
  const Estimate result =
      estimate(*transformer, state_from(line), bandwidth, efficiency_from(line));
  if (!json.to_stdout()) fmt::print("{}", to_text(result));
  json.write(to_json(result));
  return 0;
}

}  // namespace npulse::cli
