// SPDX-License-Identifier: Apache-2.0
// Programs: opened from files, or lowered from models.
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
#include "traces/lowering/lower.h"
#include "traces/lowering/map_search.h"
#include "traces/lowering/model_loader.h"
#include "traces/program_file.h"

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

SharedProgram open_program(const std::filesystem::path& path) {
  return traces::open_program(path);
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

/// What the user and the search say of tiles.
std::optional<lowering::Mapping> mapping_for(const lowering::Model& model,
                                             lowering::Options options, const arch::Chip& chip,
                                             const MapArguments& arguments) {
  const auto& [file, how] = std::tie(std::get<0>(arguments), std::get<1>(arguments));
  if (file) options.mapping = lowering::load_mapping(*file);
  const auto by = how ? choice<lowering::MapChoice>("map", *how) : lowering::MapChoice::cost;
  lowering::MapSearch search;
  search.budget = budget(arguments, by);
  if (by == lowering::MapChoice::cost) return options.mapping;
  search.cycles = [&, attention = Attention{}](const isa::Program& program) mutable {
    attention([] {});
    arch::RunOptions run_options;
    run_options.check = false;  // what is chosen is checked when it runs
    return arch::run(chip, program, run_options).cycles;
  };
  return search_mapping(model, options, arch::lowering_target(chip), search);
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
  auto program = std::make_shared<isa::MemoryProgram>(lowering::name_of(model));
  options.mapping = mapping_for(model, options, chip, maps);
  const auto choices = lowering::lower(model, options, arch::lowering_target(chip), *program);
  if (const Text& file = std::get<3>(maps))
    write_file(*file, to_yaml(choices,
                              lowering::mapping_title(lowering::name_of(model), chip.params.name)));
  return program;
}

void save(const isa::Program& program, const std::filesystem::path& path) {
  const auto sink = traces::create_program(path);
  traces::copy_program(program, *sink);
}

std::vector<std::string> queue_names(const isa::Program& program) {
  std::vector<std::string> names;
  for (const auto& queue : program.header().queues) names.push_back(queue.name);
  return names;
}

/// Of each tensor its role, type, codec and shape.
using TensorFacts = std::tuple<std::string, std::string, std::string, std::vector<std::int64_t>>;

std::map<std::string, TensorFacts> tensors(const isa::Program& program) {
  std::map<std::string, TensorFacts> facts;
  for (const isa::TensorDecl& tensor : program.header().tensors) {
    facts[tensor.name] = {to_string(tensor.role),
                          to_string(tensor.type),
                          to_string(tensor.codec),
                          {tensor.shape.begin(), tensor.shape.end()}};
  }
  return facts;
}

}  // namespace

void bind_program(py::module_& module) {
  using isa::Program;
  const py::call_guard<py::gil_scoped_release> without_gil;
  py::class_<Program, SharedProgram>(module, "Program")
      .def_property_readonly("name", &Program::name)
      .def_property_readonly("target",
                             [](const Program& program) { return program.header().target; })
      .def_property_readonly("cores", [](const Program& program) { return program.header().cores; })
      .def_property_readonly("queues", &queue_names)
      .def_property_readonly("meta", [](const Program& program) { return program.header().meta; })
      .def_property_readonly("tensors", &tensors)
      .def("save", &save, "path"_a, without_gil);
  module.def("names_model", &names_model, "text"_a);
  module.def("open_program", &open_program, "path"_a, without_gil);
  module.def("lower", &lower, "model"_a, "chip"_a, "phase"_a, "batch"_a, "context"_a, "weights"_a,
             "activations"_a, "kv"_a, "layers"_a, "experts"_a, "attention"_a, "maps"_a,
             without_gil);
}

}  // namespace npulse::bindings
