// SPDX-License-Identifier: Apache-2.0
#include "arch/chip/report_builder.h"

#include <fmt/format.h>

#include <algorithm>

#include "arch/chip/analysis.h"
#include "arch/chip/energy_report.h"
#include "arch/chip/memory_report.h"
#include "arch/chip/plan.h"
#include "sim/core/version.h"

namespace npulse::arch {
namespace {

double seconds(Picoseconds time) {
  return static_cast<double>(time.count()) * 1e-12;
}

QueueReport queue_report(std::size_t core, const isa::QueueDecl& queue,
                         const QueueAccount& account) {
  QueueReport report;
  report.name = fmt::format("c{}.{}", core, queue.name);
  report.kind = to_string(queue.kind);
  report.busy = account.total(QueueState::busy);
  report.wait_data = account.total(QueueState::wait_data);
  report.wait_resource = account.total(QueueState::wait_resource);
  report.idle = account.total(QueueState::idle);
  report.wait_data_for = account.blamed(QueueState::wait_data);
  report.wait_resource_for = account.blamed(QueueState::wait_resource);
  return report;
}

std::vector<QueueReport> queue_reports(const isa::ProgramHeader& header, Machine& machine,
                                       Cycles total) {
  std::vector<QueueReport> reports;
  for (std::size_t core = 0; core < machine.cores().size(); ++core) {
    Sequencer& sequencer = machine.cores()[core].sequencer->sequencer();
    sequencer.close_accounts(total);
    for (std::size_t i = 0; i < header.queues.size(); ++i) {
      reports.push_back(queue_report(core, header.queues[i], sequencer.queues()[i].account()));
    }
  }
  return reports;
}

Cycles busy_of(const RegionTotals& totals, isa::QueueKind kind) {
  const auto found = totals.busy.find(kind);
  return found == totals.busy.end() ? Cycles{0} : found->second;
}

std::vector<RegionReport> region_reports(const Machine& machine, const EnergyPricer& pricer) {
  std::vector<RegionReport> reports;
  const auto& regions = machine.recorder().regions();
  for (RegionId id = 0; id < regions.size(); ++id) {
    const RegionTotals& totals = regions[id];
    if (totals.instructions == 0) continue;
    const std::string& name = machine.shared().regions.name(id);
    RegionReport report;
    report.name = name.empty() ? "(no region)" : name;
    report.instances = totals.instances();
    report.instructions = totals.instructions;
    report.active = totals.active;
    report.matrix_busy = busy_of(totals, isa::QueueKind::matrix);
    report.vector_busy = busy_of(totals, isa::QueueKind::vector);
    report.dma_busy = busy_of(totals, isa::QueueKind::dma);
    report.macs = totals.activity.total_macs();
    report.dram_read_bytes = totals.activity.dram_read_bytes;
    report.dram_write_bytes = totals.activity.dram_write_bytes;
    report.energy_j = pricer.dynamic_joules(totals.activity);
    reports.push_back(std::move(report));
  }
  return reports;
}

std::vector<StatsReport> stats_reports(const sim::Simulation& simulation) {
  std::vector<StatsReport> reports;
  for (const auto& module : simulation.modules()) {
    if (!module->stats()) continue;
    StatsReport report{module->name(), {}};
    for (const Stat* stat : module->stats()->stats()) {
      const bool whole = stat->integral() || stat->unit() != npulse::Unit::ratio;
      report.values.push_back(
          {stat->name(), to_string(stat->unit()), stat->doc(), whole, stat->value()});
    }
    reports.push_back(std::move(report));
  }
  return reports;
}

double value_of(const StatsReport& module, const std::string& name) {
  for (const auto& value : module.values) {
    if (value.name == name) return value.value;
  }
  return 0;
}

DecompressionReport decompression_report(const std::vector<StatsReport>& modules, Cycles cycles) {
  double coded = 0, expanded = 0, busy = 0;
  int engines = 0;
  for (const StatsReport& module : modules) {
    const double bytes = value_of(module, "expanded_bytes");
    if (bytes == 0) continue;
    coded += value_of(module, "coded_bytes");
    expanded += bytes;
    busy += value_of(module, "decompressor_busy_cycles");
    ++engines;
  }
  return {static_cast<std::int64_t>(coded), static_cast<std::int64_t>(expanded),
          ratio(busy, engines * static_cast<double>(cycles.count()))};
}

ProgramReport program_report(const isa::Program& program, double latency_s, double total_j) {
  ProgramReport report;
  report.name = program.name();
  report.meta = program.header().meta;
  report.tokens = meta_number(program.header(), "tokens");
  report.tokens_per_s = ratio(static_cast<double>(report.tokens), latency_s);
  report.energy_per_token_j = ratio(total_j, static_cast<double>(report.tokens));
  return report;
}

}  // namespace

Report build_report(const Chip& chip, const isa::Program& program, Machine& machine,
                    Picoseconds last_event) {
  machine.memory().settle();
  const dram::Memory& memory = machine.memory().memory();
  const Activity& total = machine.recorder().total();
  Report report;
  report.version = kVersion;
  report.chip = chip.params.name;
  report.clock_hertz = static_cast<double>(chip.params.clock.count());
  report.cycles = machine.recorder().last_finish();
  const Picoseconds end = machine.clock().time_of(report.cycles);
  report.latency_s = seconds(end);
  report.macs = total.total_macs();
  report.memory = memory_report(chip.part.name, memory, seconds(std::max(end, last_event)));
  report.queues = queue_reports(program.header(), machine, report.cycles);
  const EnergyPricer pricer{chip, memory, total, end};
  report.energy = pricer.report();
  report.regions = region_reports(machine, pricer);
  report.stats = stats_reports(machine.simulation());
  report.decompression = decompression_report(report.stats, report.cycles);
  report.roofline = roofline(report, chip.params, total);
  report.bound = bound(report, report.roofline);
  report.program =
      program_report(program, report.latency_s, report.energy.energy.total().count() * 1e-12);
  report.unsure = unsure_of(chip.provenance);
  return report;
}

}  // namespace npulse::arch
