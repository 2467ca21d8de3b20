// SPDX-License-Identifier: Apache-2.0
// Lets Python have its say during long work that runs without the GIL.
#pragma once

#include <pybind11/pybind11.h>

#include <chrono>

namespace npulse::bindings {

/// Asks Python rarely: another Python thread may hold the GIL for milliseconds.
class Attention {
 public:
  /// When it is time: throws what Ctrl-C raises, and calls `report` with the GIL held.
  template <class Report>
  void operator()(Report&& report) {
    const auto now = Clock::now();
    if (now - last_ < std::chrono::milliseconds{50}) return;
    last_ = now;
    const pybind11::gil_scoped_acquire gil;
    if (PyErr_CheckSignals() != 0) throw pybind11::error_already_set{};
    report();
  }

 private:
  using Clock = std::chrono::steady_clock;
  Clock::time_point last_ = Clock::now();
};

}  // namespace npulse::bindings
