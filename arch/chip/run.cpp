// SPDX-License-Identifier: Apache-2.0
#include "arch/chip/run.h"

#include <charconv>

#include "arch/chip/machine.h"
#include "arch/chip/report_builder.h"
#include "arch/chip/targets.h"

namespace npulse::arch {
namespace {

/// Bytes that the program plans to move; 0 when it does not say.
double planned_bytes(const isa::ProgramHeader& header) {
  double sum = 0;
  for (const char* key : {"plan.dram_read_bytes", "plan.dram_write_bytes"}) {
    const auto found = header.meta.find(key);
    std::int64_t bytes = 0;
    if (found == header.meta.end()) continue;
    std::from_chars(found->second.data(), found->second.data() + found->second.size(), bytes);
    sum += static_cast<double>(bytes);
  }
  return sum;
}

double moved_bytes(const Machine& machine) {
  const dram::TrafficCounts traffic = machine.memory().memory().total_traffic();
  return static_cast<double>(traffic.bytes_read + traffic.bytes_written);
}

}  // namespace

Report run(const Chip& chip, const isa::Program& program, const RunOptions& options) {
  if (options.check) isa::check(program, check_target(chip)).throw_if_errors();
  std::optional<Timeline> timeline;
  if (options.timeline) {
    timeline.emplace(*options.timeline, program.header(), program.header().cores,
                     ClockDomain{"core", chip.params.clock});
  }
  Machine machine{chip, program, timeline ? &*timeline : nullptr};
  const double planned = planned_bytes(program.header());
  sim::RunControl control;
  control.time_limit = options.time_limit;
  control.poll = [&](Picoseconds now) {
    if (options.poll) options.poll();
    if (options.progress) options.progress(ratio(moved_bytes(machine), planned), now);
  };
  machine.run(control);
  Report report = build_report(chip, program, machine);
  if (timeline) timeline->commit();
  return report;
}

}  // namespace npulse::arch
