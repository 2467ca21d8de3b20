// SPDX-License-Identifier: Apache-2.0
// What each unit of the bindings adds to the module npulse._core.
#pragma once

#include <pybind11/pybind11.h>

namespace npulse::bindings {

/// Maps the typed errors of sim/core/error.h to those of npulse/errors.py.
void bind_errors();

/// Chip and load_chip.
void bind_chip(pybind11::module_& module);

/// read_yaml.
void bind_config(pybind11::module_& module);

/// lower, lower_graph, names_model, names_graph and model_facts. Needs Chip and Program.
void bind_models(pybind11::module_& module);

/// Program and open_program.
void bind_program(pybind11::module_& module);

/// dram: replays of DRAM traces.
void bind_dram(pybind11::module_& module);

/// execute: functional runs. Needs Chip and Program.
void bind_functional(pybind11::module_& module);

/// run. Needs Chip and Program.
void bind_run(pybind11::module_& module);

}  // namespace npulse::bindings
