// SPDX-License-Identifier: Apache-2.0
// Functional runs: NumPy arrays of double in and out; npulse/functional.py knows the types.
#include <pybind11/numpy.h>
#include <pybind11/stl.h>

#include "arch/chip/targets.h"
#include "isa/functional/run.h"
#include "python/bindings/attention.h"
#include "python/bindings/bindings.h"
#include "sim/core/enum_choice.h"

namespace py = pybind11;
using namespace py::literals;

namespace npulse::bindings {
namespace {

namespace functional = isa::functional;
using Doubles = py::array_t<double, py::array::c_style | py::array::forcecast>;

functional::Array from_python(const Doubles& array) {
  return {{array.shape(), array.shape() + array.ndim()},
          {array.data(), array.data() + array.size()}};
}

Doubles to_python(const functional::Array& array) {
  return Doubles(array.shape, array.values.data());
}

/// Outputs as (type, values); instructions; orders; what differed between orders; warnings.
py::tuple execute(const arch::Chip& chip, const isa::Program& program,
                  const std::map<std::string, Doubles>& inputs, std::uint64_t seed,
                  const std::string& orders, std::int64_t memory_limit) {
  functional::RunOptions options;
  for (const auto& [name, array] : inputs) options.inputs[name] = from_python(array);
  options.seed = seed;
  options.orders = choose<functional::Orders>("orders", orders);
  options.memory_limit = Bytes{memory_limit};
  options.poll = [attention = Attention{}]() mutable { attention([] {}); };
  const functional::RunResult result = [&] {
    const py::gil_scoped_release without_gil;
    return functional::run(program, arch::check_target(chip), options);
  }();
  py::dict outputs;
  for (const auto& [name, output] : result.outputs)
    outputs[name.c_str()] = py::make_tuple(to_string(output.type), to_python(output.array));
  std::vector<std::pair<std::string, std::string>> differences;
  for (const auto& difference : result.differences)
    differences.emplace_back(difference.order, difference.what);
  return py::make_tuple(outputs, result.instructions, result.orders, differences, result.warnings);
}

}  // namespace

void bind_functional(py::module_& module) {
  module.def("execute", &execute, "chip"_a, "program"_a, "inputs"_a, "seed"_a, "orders"_a,
             "memory_limit"_a);
}

}  // namespace npulse::bindings
