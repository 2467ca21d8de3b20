// SPDX-License-Identifier: Apache-2.0
// Programs, opened from files.
#include <pybind11/stl.h>
#include <pybind11/stl/filesystem.h>

#include "python/bindings/bindings.h"
#include "traces/program_file.h"

namespace py = pybind11;
using namespace py::literals;

namespace npulse::bindings {
namespace {

using SharedProgram = std::shared_ptr<isa::Program>;

SharedProgram open_program(const std::filesystem::path& path) {
  return traces::open_program(path);
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
  module.def("open_program", &open_program, "path"_a, without_gil);
}

}  // namespace npulse::bindings
