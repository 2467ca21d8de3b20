// SPDX-License-Identifier: Apache-2.0
// Models and graphs: what they are, and lowered to programs.
#include <pybind11/stl.h>
#include <pybind11/stl/filesystem.h>

#include "arch/chip/run.h"
#include "arch/chip/targets.h"
#include "isa/memory_program.h"
#include "python/bindings/attention.h"
#include "python/bindings/bindings.h"
#include "sim/core/catalogue.h"
#include "sim/core/output_file.h"
#include "sim/core/scalar_types.h"
#include "traces/importers/graph_file.h"
#include "traces/lowering/graph/graph_search.h"
#include "traces/lowering/hf_config.h"
#include "traces/lowering/lower.h"
#include "traces/lowering/model_loader.h"

namespace py = pybind11;
using namespace py::literals;

namespace npulse::bindings {
namespace {

using SharedProgram = std::shared_ptr<isa::Program>;
using Text = std::optional<std::string>;
using Number = std::optional<std::int64_t>;

std::filesystem::path models() {
  return Catalogue::locate().root() / "models";
}

bool names_model(const std::string& text) {
  return lowering::names_model(text, models());
}

template <class E>
E choice(const char* option, const std::string& text) {
  E value{};
  const Diagnostic fault = parse_name(text, value);
  if (!fault.message.empty())
    throw InputError{option, "'" + text + "' " + fault.message, fault.hint};
  return value;
}

/// mapping, map, map_budget and write_mapping, as `npulse lower` has them.
using MapArguments = std::tuple<Text, Text, Number, Text>;

std::int64_t budget(const MapArguments& arguments, lowering::MapChoice how) {
  const Number& number = std::get<2>(arguments);
  if (number && how != lowering::MapChoice::search)
    throw InputError{"map_budget", "goes with map='search' only", "add it, or leave this out"};
  if (number && *number < 1)
    throw InputError{"map_budget", std::to_string(*number) + " is out of range", "use 1 or more"};
  return number.value_or(lowering::kMapBudget);
}

/// What the user and the search say of the tiles of a model or graph.
template <class Source, class Options>
void take_mapping(const Source& source, const arch::Chip& chip, const lowering::Target& target,
                  const MapArguments& arguments, Options& options) {
  const auto& [file, how] = std::tie(std::get<0>(arguments), std::get<1>(arguments));
  if (file) options.mapping = lowering::load_mapping(*file);
  const auto by = how ? choice<lowering::MapChoice>("map", *how) : lowering::MapChoice::cost;
  lowering::MapSearch search;
  search.budget = budget(arguments, by);
  if (by == lowering::MapChoice::cost) return;
  search.cycles = [&, attention = Attention{}](const isa::Program& program) mutable {
    attention([] {});
    arch::RunOptions run_options;
    run_options.check = false;  // what is chosen is checked when it runs
    return arch::run(chip, program, run_options).cycles;
  };
  options.mapping = lowering::search_mapping(source, options, target, search);
}

void write_choices(const MapArguments& arguments, const lowering::Mapping& choices,
                   const std::string& model, const arch::Chip& chip) {
  if (const Text& file = std::get<3>(arguments))
    write_file(*file, to_yaml(choices, lowering::mapping_title(model, chip.params.name)));
}

SharedProgram lower(const std::string& model_name, const arch::Chip& chip, const Text& phase,
                    Number batch, Number context, const Text& weights, const Text& activations,
                    const Text& kv, std::optional<std::pair<std::int64_t, std::int64_t>> layers,
                    const Text& experts, const Text& attention, const MapArguments& maps) {
  const lowering::Model model = lowering::load_model(model_name, models());
  lowering::Options options;
  if (phase) options.phase = choice<lowering::Phase>("phase", *phase);
  if (batch) options.batch = *batch;
  if (context) options.context = *context;
  if (weights) options.weights = choice<lowering::WeightFormat>("weights", *weights);
  if (activations) options.activations = choice<isa::DataType>("activations", *activations);
  if (kv) options.kv = choice<isa::DataType>("kv", *kv);
  if (layers) options.layers = lowering::LayerRange{layers->first, layers->second};
  if (attention) options.attention = choice<lowering::AttentionForm>("attention", *attention);
  if (experts) options.experts = lowering::parse_expert_choice(*experts);
  const lowering::Target target = arch::lowering_target(chip);
  take_mapping(model, chip, target, maps, options);
  auto program = std::make_shared<isa::MemoryProgram>(lowering::name_of(model));
  const auto choices = lowering::lower(model, options, target, *program);
  write_choices(maps, choices, lowering::name_of(model), chip);
  return program;
}

using Dims = std::map<std::string, std::int64_t>;

/// The program, and warnings: of the importer, and of what is only costed as traffic.
std::pair<SharedProgram, std::vector<std::string>> lower_graph(
    const std::string& path, const arch::Chip& chip, const Text& weights, const Text& activations,
    const Text& attention, const std::optional<Dims>& dims, const MapArguments& maps) {
  std::optional<importers::ImportOptions> import_options;
  if (dims) import_options = importers::ImportOptions{false, *dims};
  const auto file = importers::read_graph(path, import_options);
  if (!file) throw InputError{path, "is no graph", "give a file that npulse import reads"};
  lowering::GraphOptions options;
  if (weights) options.weights = choice<lowering::WeightFormat>("weights", *weights);
  if (activations) options.activations = choice<isa::DataType>("activations", *activations);
  if (attention) options.attention = choice<lowering::AttentionForm>("attention", *attention);
  const lowering::Target target = arch::lowering_target(chip);
  take_mapping(file->graph, chip, target, maps, options);
  auto program = std::make_shared<isa::MemoryProgram>(file->graph.name);
  const auto notes = lowering::lower(file->graph, options, target, *program);
  write_choices(maps, notes.choices, file->graph.name, chip);
  std::vector<std::string> warnings;
  for (const Diagnostic& warning : file->warnings) warnings.push_back(warning.text());
  for (const std::string& text : lowering::warnings_of(notes)) warnings.push_back(text);
  return {program, warnings};
}

/// Name, then counts of the parameters: all, those of one token, those read for it; then elements
/// of the KV cache a token.
using ModelFacts = std::tuple<std::string, std::int64_t, std::int64_t, std::int64_t, std::int64_t>;

ModelFacts model_facts(const std::string& name) {
  const auto config = lowering::load_hf_config(lowering::find_config(name, models()));
  const lowering::Transformer& model = config.model;
  return {model.name, model.parameters(), model.active_parameters(), model.parameters_read(),
          model.kv_elements_per_token()};
}

}  // namespace

void bind_models(py::module_& module) {
  const py::call_guard<py::gil_scoped_release> without_gil;
  module.def("names_model", &names_model, "text"_a);
  module.def("names_graph", &importers::names_graph, "path"_a);
  module.def("model_facts", &model_facts, "name"_a);
  module.def("lower", &lower, "model"_a, "chip"_a, "phase"_a, "batch"_a, "context"_a, "weights"_a,
             "activations"_a, "kv"_a, "layers"_a, "experts"_a, "attention"_a, "maps"_a,
             without_gil);
  module.def("lower_graph", &lower_graph, "path"_a, "chip"_a, "weights"_a, "activations"_a,
             "attention"_a, "dims"_a, "maps"_a, without_gil);
}

}  // namespace npulse::bindings
