// SPDX-License-Identifier: Apache-2.0
// Chips: loaded and changed in C++, looked at from Python.
#include <pybind11/stl.h>

#include "arch/chip/targets.h"
#include "python/bindings/bindings.h"
#include "sim/core/param_writers.h"

namespace py = pybind11;
using namespace py::literals;

namespace npulse::bindings {
namespace {

arch::Chip load_chip(const std::string& name, std::optional<std::string> memory,
                     std::vector<std::string> sets) {
  return arch::load_chip(name, {std::move(memory), std::move(sets)});
}

std::int64_t memory_channels(const arch::Chip& chip) {
  return chip.params.memory.channels.value_or(chip.part.channels);
}

double peak_memory_bytes_per_s(const arch::Chip& chip) {
  return arch::lowering_target(chip).dram_bytes_per_s;
}

}  // namespace

void bind_chip(py::module_& module) {
  using arch::Chip;
  py::class_<Chip>(module, "Chip")
      .def_property_readonly("name", [](const Chip& chip) { return chip.params.name; })
      .def_property_readonly("cores", [](const Chip& chip) { return chip.params.cores; })
      .def_property_readonly("clock_hertz",
                             [](const Chip& chip) { return chip.params.clock.count(); })
      .def_property_readonly("memory", [](const Chip& chip) { return chip.params.memory.part; })
      .def_property_readonly("memory_channels", &memory_channels)
      .def_property_readonly("peak_memory_bytes_per_s", &peak_memory_bytes_per_s)
      .def("parameters_json", [](const Chip& chip) { return to_json(reflect(chip.params)).dump(); })
      .def("to_yaml",
           [](const Chip& chip) { return to_yaml(reflect(chip.params), chip.provenance); });
  module.def("load_chip", &load_chip, "name"_a, "memory"_a, "sets"_a);
}

}  // namespace npulse::bindings
