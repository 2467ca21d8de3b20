// SPDX-License-Identifier: Apache-2.0
#include "isa/checker.h"

#include <fmt/format.h>

#include <numeric>

#include "isa/checking/core.h"
#include "isa/checking/execution.h"
#include "isa/checking/fit.h"

namespace npulse::isa {
namespace {

using namespace checking;

/// Turns of all cores until none moves; false when the budget ended it.
bool run(std::vector<Core>& cores, const CheckTarget& target, CheckReport& report) {
  for (bool moved = true; moved;) {
    moved = false;
    for (Core& core : cores) moved = core.step() || moved;
    report.instructions =
        std::accumulate(cores.begin(), cores.end(), std::uint64_t{0},
                        [](std::uint64_t sum, const Core& c) { return sum + c.executed(); });
    if (moved && report.instructions >= target.max_instructions) return false;
  }
  return true;
}

void execute(const Program& program, const CheckTarget& target, const Usage& usage,
             Findings& findings, CheckReport& report, Pulse& pulse) {
  const ProgramHeader& header = program.header();
  Execution execution{header, target, findings, pulse};
  ChipBarrier barrier;
  std::vector<Core> cores;
  cores.reserve(header.cores);
  for (std::uint32_t i = 0; i < header.cores; ++i)
    cores.emplace_back(i, program, target.queue_depth, execution, barrier);
  if (run(cores, target, report)) {
    for (Core& core : cores) {
      if (!core.done()) core.report_stuck(usage, findings);
    }
  } else {
    findings.warning(
        fmt::format("only the first {} executed instructions were checked", report.instructions));
  }
  execution.report_limits();
}

}  // namespace

Bytes capacity_of(const CheckTarget& target, Space space) {
  switch (space) {
    case Space::spm:
      return target.spm_bytes;
    case Space::acc:
      return target.acc_bytes;
    case Space::shared:
      return target.shared_bytes;
    case Space::dram:
      break;
  }
  return target.dram_bytes;
}

CheckReport check(const Program& program, const CheckTarget& target,
                  const std::function<void()>& poll) {
  CheckReport report;
  Pulse pulse{poll};
  Findings findings{program.name(), report};
  if (!header_fits(program.header(), target, findings)) return report;
  const Usage usage{program, target, findings, pulse};
  if (usage.sound()) execute(program, target, usage, findings, report, pulse);
  return report;
}

}  // namespace npulse::isa
