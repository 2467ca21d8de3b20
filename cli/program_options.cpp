// SPDX-License-Identifier: Apache-2.0
#include "cli/program_options.h"

#include <fmt/format.h>

#include "arch/chip/targets.h"
#include "cli/enum_option.h"
#include "cli/import_options.h"
#include "cli/mapping_options.h"
#include "isa/memory_program.h"
#include "sim/core/catalogue.h"
#include "traces/lowering/graph/graph_search.h"
#include "traces/lowering/lower.h"
#include "traces/lowering/model_loader.h"
#include "traces/lowering/promised_size.h"
#include "traces/program_file.h"

namespace po = boost::program_options;

namespace npulse::cli {
namespace {

constexpr const char* kModelOptions[] = {"phase", "batch",     "context", "weights", "activations",
                                         "kv",    "attention", "layers",  "experts", "expect"};

std::int64_t positive(const CommandLine& line, const char* option) {
  const auto value = line.get<std::int64_t>(option);
  if (value >= 1 && value <= 1 << 24) return value;
  throw InputError{std::string{"--"} + option, std::to_string(value) + " is out of range",
                   "use 1 to 16777216"};
}

/// What --mapping and a search say of the tiles of a model or graph.
template <class Source, class Options>
void take_mapping(const CommandLine& line, const Source& source, const arch::Chip& chip,
                  const lowering::Target& target, Options& options) {
  options.mapping = mapping_in(line);
  if (!searches(line)) return;
  options.mapping = searched(line, chip, [&](const lowering::MapSearch& how) {
    return lowering::search_mapping(source, options, target, how);
  });
}

}  // namespace

std::filesystem::path models_folder() {
  return Catalogue::locate().root() / "models";
}

void add_model_options(CommandLine& line) {
  line.options()("phase", po::value<std::string>()->value_name("PHASE"),
                 "prefill (whole prompts) or decode (one token of each sequence; default).")(
      "batch", po::value<std::int64_t>()->value_name("N"), "Sequences (default 1).")(
      "context", po::value<std::int64_t>()->value_name("N"),
      "Tokens in the KV cache (decode) or of each prompt (prefill); default 2048.")(
      "weights", po::value<std::string>()->value_name("FORMAT"),
      (join(all_names<lowering::WeightFormat>()) + ".").c_str())(
      "activations", po::value<std::string>()->value_name("TYPE"), "Element type between layers.")(
      "kv", po::value<std::string>()->value_name("TYPE"), "Element type of the KV cache.")(
      "attention", po::value<std::string>()->value_name("FORM"),
      "Of prefills and graphs: fused keeps scores on the chip, unfused puts them into memory, auto "
      "(default) is the faster by estimate.")("layers", po::value<std::string>()->value_name("A:B"),
                                              "Only layers A to B-1.")(
      "experts", po::value<std::string>()->value_name("CHOICE"),
      "Which experts a token visits: balanced (default), seed:N, or a JSON file.");
  add_expect_option(line);
  add_import_options(line);
  add_mapping_options(line);
}

void add_expect_option(CommandLine& line) {
  line.options()("expect", po::value<std::string>()->value_name("PARAMETERS"),
                 "Warn unless the model has about so many: 8B, 7.62B, 500M.");
}

void warn_of_size(const CommandLine& line, const lowering::Transformer& model) {
  std::optional<double> expected;
  if (line.has("expect")) expected = lowering::parse_parameters(line.get<std::string>("expect"));
  if (const auto warning = lowering::check_promised_size(model, expected)) {
    fmt::print(stderr, "warning: {}\n", warning->text());
  }
}

bool has_model_options(const CommandLine& line) {
  return has_import_options(line) || has_mapping_options(line) ||
         std::any_of(std::begin(kModelOptions), std::end(kModelOptions),
                     [&](const char* option) { return line.has(option); });
}

lowering::Options model_options(const CommandLine& line, const lowering::Model& model) {
  lowering::Options options;
  if (line.has("phase")) options.phase = choice<lowering::Phase>(line, "phase");
  if (line.has("batch")) options.batch = positive(line, "batch");
  if (line.has("context")) options.context = positive(line, "context");
  if (line.has("weights")) options.weights = choice<lowering::WeightFormat>(line, "weights");
  if (line.has("activations")) options.activations = choice<isa::DataType>(line, "activations");
  if (line.has("kv")) options.kv = choice<isa::DataType>(line, "kv");
  if (line.has("attention")) options.attention = choice<lowering::AttentionForm>(line, "attention");
  const auto* transformer = std::get_if<lowering::Transformer>(&model);
  if (line.has("experts")) {
    if (!transformer || !transformer->experts)
      throw InputError{"--experts", lowering::name_of(model) + " has no experts",
                       "leave the option out"};
    options.experts = lowering::parse_expert_choice(line.get<std::string>("experts"));
  }
  if (!line.has("layers")) return options;
  if (!transformer) throw InputError{"--layers", "a gemm has no layers", "leave the option out"};
  options.layers = lowering::parse_layers(line.get<std::string>("layers"), transformer->layers);
  return options;
}

void lower_graph(const CommandLine& line, const graph::Graph& graph, const arch::Chip& chip,
                 isa::ProgramSink& sink) {
  for (const char* option : {"phase", "batch", "context", "kv", "layers", "expect"}) {
    if (!line.has(option)) continue;
    throw InputError{std::string{"--"} + option, "a graph has its shapes already",
                     "leave the option out; symbolic dimensions are set by --dim"};
  }
  lowering::GraphOptions options;
  if (line.has("weights")) options.weights = choice<lowering::WeightFormat>(line, "weights");
  if (line.has("activations")) options.activations = choice<isa::DataType>(line, "activations");
  if (line.has("attention")) options.attention = choice<lowering::AttentionForm>(line, "attention");
  const lowering::Target target = arch::lowering_target(chip);
  take_mapping(line, graph, chip, target, options);
  const auto notes = lowering::lower(graph, options, target, sink);
  write_choices(line, chip, graph.name, notes.choices);
  for (const std::string& text : warnings_of(notes)) {
    fmt::print(stderr, "warning: {}: {}\n", graph.name, text);
  }
}

bool is_model(const std::string& text) {
  if (lowering::names_model(text, models_folder())) return true;
  // neither a model nor a file: throws, with the names there are
  if (!std::filesystem::exists(text)) lowering::load_model(text, models_folder());
  return false;
}

lowering::Model load_model(const CommandLine& line, const std::string& text) {
  for (const char* option : {"dim", "strict"}) {
    if (!line.has(option)) continue;
    throw InputError{std::string{"--"} + option, text + " is not read by an importer",
                     "leave the option out; it goes with files that npulse import reads"};
  }
  lowering::Model model = lowering::load_model(text, models_folder());
  const auto* transformer = std::get_if<lowering::Transformer>(&model);
  if (transformer) {
    warn_of_size(line, *transformer);
  } else if (line.has("expect")) {
    throw InputError{"--expect", "a gemm has no parameters", "leave the option out"};
  }
  return model;
}

void lower_model(const CommandLine& line, const lowering::Model& model, const arch::Chip& chip,
                 isa::ProgramSink& sink) {
  const lowering::Target target = arch::lowering_target(chip);
  lowering::Options options = model_options(line, model);
  take_mapping(line, model, chip, target, options);
  const lowering::Mapping choices = lowering::lower(model, options, target, sink);
  write_choices(line, chip, lowering::name_of(model), choices);
}

std::unique_ptr<isa::Program> program_from(const CommandLine& line, const std::string& text,
                                           const arch::Chip& chip) {
  if (const auto graph = graph_in(line, text)) {
    auto program = std::make_unique<isa::MemoryProgram>(graph->name);
    lower_graph(line, *graph, chip, *program);
    return program;
  }
  if (!is_model(text)) {
    if (has_model_options(line)) {
      throw InputError{text,
                       "is a program already: --phase, --batch and the like only go with a model",
                       "leave them out"};
    }
    return traces::open_program(text);
  }
  const lowering::Model model = load_model(line, text);
  auto program = std::make_unique<isa::MemoryProgram>(lowering::name_of(model));
  lower_model(line, model, chip, *program);
  return program;
}

}  // namespace npulse::cli
