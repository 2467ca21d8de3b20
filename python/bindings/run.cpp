// SPDX-License-Identifier: Apache-2.0
// A run without the GIL, which is taken now and then for Ctrl-C and the progress callback.
#include "arch/chip/run.h"

#include <pybind11/functional.h>
#include <pybind11/stl.h>
#include <pybind11/stl/filesystem.h>

#include "arch/chip/report_json.h"
#include "arch/chip/report_text.h"
#include "python/bindings/attention.h"
#include "python/bindings/bindings.h"

namespace py = pybind11;
using namespace py::literals;

namespace npulse::bindings {
namespace {

using Progress = std::function<void(double fraction, double simulated_s)>;

/// The report as JSON and as text.
std::pair<std::string, std::string> run(const arch::Chip& chip, const isa::Program& program,
                                        std::optional<std::filesystem::path> timeline,
                                        std::optional<std::filesystem::path> vcd,
                                        std::optional<double> max_ms, bool check,
                                        const std::optional<Progress>& progress) {
  arch::RunOptions options;
  options.timeline = std::move(timeline);
  options.waveform = std::move(vcd);
  if (max_ms) options.time_limit = Picoseconds{static_cast<std::int64_t>(*max_ms * 1e9)};
  options.check = check;
  options.poll = [attention = Attention{}]() mutable { attention([] {}); };
  if (progress) {
    options.progress = [&, attention = Attention{}](double fraction, Picoseconds time) mutable {
      attention([&] { (*progress)(fraction, static_cast<double>(time.count()) * 1e-12); });
    };
  }
  const arch::Report report = arch::run(chip, program, options);
  return {to_json(report).dump(2) + "\n", to_text(report)};
}

}  // namespace

void bind_run(py::module_& module) {
  module.def("run", &run, "chip"_a, "program"_a, "timeline"_a, "vcd"_a, "max_ms"_a, "check"_a,
             "progress"_a, py::call_guard<py::gil_scoped_release>());
}

}  // namespace npulse::bindings
