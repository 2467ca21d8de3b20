// SPDX-License-Identifier: Apache-2.0
// A replay of a DRAM trace, without the GIL.
#include <pybind11/functional.h>
#include <pybind11/stl.h>

#include "arch/chip/replay/replay_json.h"
#include "arch/chip/replay/replay_text.h"
#include "python/bindings/attention.h"
#include "python/bindings/bindings.h"
#include "sim/core/enum_choice.h"
#include "traces/dram/output.h"

namespace py = pybind11;
using namespace py::literals;

namespace npulse::bindings {
namespace {

using Progress = std::function<void(double fraction)>;

arch::DramChanges changes_of(std::optional<std::int64_t> channels,
                             const std::optional<std::string>& mapping,
                             const std::optional<std::string>& engine,
                             std::vector<std::string> sets) {
  arch::DramChanges changes;
  changes.channels = channels;
  if (mapping) changes.mapping = choose<dram::MapPreset>("mapping", *mapping);
  if (engine) changes.engine = choose<dram::MemoryEngine>("engine", *engine);
  changes.sets = std::move(sets);
  return changes;
}

arch::TraceOptions trace_of(std::string path, const std::optional<std::string>& format, bool timed,
                            std::optional<double> clock_mhz, std::optional<std::int64_t> size,
                            std::optional<std::int64_t> requests) {
  arch::TraceOptions trace{std::move(path)};
  if (format) trace.dialect = choose<traces::Dialect>("trace_format", *format);
  trace.timed = timed;
  trace.clock_mhz = clock_mhz;
  if (size) trace.bytes = Bytes{*size};
  trace.limit = requests.value_or(trace.limit);
  return trace;
}

/// The report as JSON and as text.
std::pair<std::string, std::string> dram(
    const std::string& part, std::string trace, std::optional<std::int64_t> channels,
    const std::optional<std::string>& mapping, const std::optional<std::string>& engine,
    std::vector<std::string> sets, const std::optional<std::string>& format, bool timed,
    std::optional<double> clock_mhz, std::optional<std::int64_t> size,
    std::optional<std::int64_t> requests, const std::optional<std::string>& commands,
    const std::optional<Progress>& progress) {
  const auto system =
      arch::load_dram_system(part, changes_of(channels, mapping, engine, std::move(sets)));
  arch::ReplaySettings settings;
  std::optional<traces::TraceOutput> output;
  if (commands) output.emplace(*commands);
  if (output) settings.commands = &output->stream();
  settings.poll = [&, attention = Attention{}](double fraction) mutable {
    attention([&] {
      if (progress) (*progress)(fraction);
    });
  };
  const auto report = arch::replay(
      system, trace_of(std::move(trace), format, timed, clock_mhz, size, requests), settings);
  if (output) output->commit();
  return {to_json(report).dump(2) + "\n", to_text(report)};
}

}  // namespace

void bind_dram(py::module_& module) {
  module.def("dram", &dram, "part"_a, "trace"_a, "channels"_a, "mapping"_a, "engine"_a, "sets"_a,
             "trace_format"_a, "timed"_a, "clock_mhz"_a, "size"_a, "requests"_a, "commands"_a,
             "progress"_a, py::call_guard<py::gil_scoped_release>());
}

}  // namespace npulse::bindings
