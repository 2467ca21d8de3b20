// SPDX-License-Identifier: Apache-2.0
// The extension module npulse._core: thin; what is pleasant to use is written in python/npulse.
#include "python/bindings/bindings.h"

PYBIND11_MODULE(_core, module) {
  module.attr("__version__") = NPULSE_VERSION;
  npulse::bindings::bind_errors();
  npulse::bindings::bind_chip(module);
  npulse::bindings::bind_config(module);
  npulse::bindings::bind_dram(module);
  npulse::bindings::bind_program(module);
  npulse::bindings::bind_models(module);
  npulse::bindings::bind_functional(module);
  npulse::bindings::bind_run(module);
}
