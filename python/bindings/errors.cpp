// SPDX-License-Identifier: Apache-2.0
// C++ errors become the Python types of npulse/errors.py, with the same texts.
#include "python/bindings/bindings.h"
#include "sim/core/error.h"

namespace py = pybind11;

namespace npulse::bindings {
namespace {

py::object python_type(const char* name) {
  return py::module_::import("npulse.errors").attr(name);
}

void raise(const char* type, const std::exception& error) {
  py::set_error(python_type(type), error.what());
}

void raise(const InputError& error) {
  const py::object fault = python_type("Fault"), type = python_type("InputError");
  py::list faults;
  for (const auto& each : error.faults()) faults.append(fault(each.where, each.message, each.hint));
  py::set_error(type, type(error.what(), py::tuple(faults)));
}

void translate(std::exception_ptr thrown) {
  try {
    if (thrown) std::rethrow_exception(thrown);
  } catch (const InputError& error) {
    raise(error);
  } catch (const DeadlockError& error) {
    raise("DeadlockError", error);
  } catch (const SimulationError& error) {
    raise("SimulationError", error);
  } catch (const Interrupted&) {
    py::set_error(PyExc_KeyboardInterrupt, "");
  } catch (const Error& error) {
    raise("InternalError", error);
  }
}

}  // namespace

void bind_errors() {
  py::register_local_exception_translator(translate);
}

}  // namespace npulse::bindings
