// SPDX-License-Identifier: Apache-2.0
#include "arch/chip/run.h"

#include "arch/chip/machine.h"
#include "arch/chip/plan.h"
#include "arch/chip/report_builder.h"
#include "arch/chip/targets.h"

namespace npulse::arch {
namespace {

double moved_bytes(const Machine& machine) {
  const dram::TrafficCounts traffic = machine.memory().memory().total_traffic();
  return static_cast<double>(traffic.bytes_read + traffic.bytes_written);
}

}  // namespace

Report run(const Chip& chip, const isa::Program& program, const RunOptions& options) {
  if (options.check) isa::check(program, check_target(chip), options.poll).throw_if_errors();
  const isa::ProgramHeader& header = program.header();
  const ClockDomain clock{"core", chip.params.clock};
  std::optional<Timeline> timeline;
  if (options.timeline) timeline.emplace(*options.timeline, header, header.cores, clock);
  std::optional<Waveform> waveform;
  if (options.waveform) waveform.emplace(*options.waveform, header, header.cores, clock);
  Machine machine{
      chip, program, {timeline ? &*timeline : nullptr, waveform ? &*waveform : nullptr}};
  const auto planned = static_cast<double>(planned_bytes(program.header()));
  sim::RunControl control;
  control.time_limit = options.time_limit;
  control.poll = [&](Picoseconds now) {
    if (options.poll) options.poll();
    if (options.progress) options.progress(ratio(moved_bytes(machine), planned), now);
  };
  const Picoseconds last_event = machine.run(control);
  Report report = build_report(chip, program, machine, last_event);
  if (timeline) timeline->commit();
  if (waveform) waveform->commit(report.cycles);
  return report;
}

}  // namespace npulse::arch
