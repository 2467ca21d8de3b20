// SPDX-License-Identifier: Apache-2.0
#include "isa/checking/usage.h"

#include <fmt/format.h>

#include "isa/checking/fit.h"
#include "isa/nesting.h"
#include "isa/rules/rules.h"

namespace npulse::isa::checking {
namespace {

constexpr std::size_t kSignallersKept = 4;

}  // namespace

Usage::Usage(const Program& program, const CheckTarget& target, Findings& findings, Pulse& pulse)
    : events_(program.header().events.size()) {
  for (std::uint32_t core = 0; core < program.header().cores; ++core) {
    const auto stream = program.open(core);
    Nesting nesting;
    Place place{core, 0, 0};
    const auto refuse = [&](const Diagnostic& fault) {
      sound_ = false;
      findings.error_at(place, Fault::rule, [&] { return fault; });
    };
    for (Instruction instruction; stream->next(instruction); ++place.index) {
      pulse.beat();
      place.line = instruction.line;
      auto fault = fault_of(instruction, program.header());
      if (!fault) fault = nesting.accept(instruction);
      if (fault) {
        refuse(*fault);
        continue;
      }
      check_unit(instruction, place, target, findings);
      scan(instruction, place, program.header());
    }
    if (const auto fault = nesting.finish()) refuse(*fault);
  }
  warn_unused(program.header(), findings);
}

void Usage::scan(const Instruction& instruction, const Place& place, const ProgramHeader& header) {
  for (const Wait& wait : instruction.waits) ++events_[wait.event].waits;
  for (const Signal& signal : instruction.signals) {
    EventUse& use = events_[signal.event];
    if (++use.signals > kSignallersKept) continue;
    use.signallers.push_back(fmt::format("{}: {} of {}", header.queues[instruction.queue].name,
                                         to_string(instruction.opcode()), short_text(place)));
  }
}

void Usage::warn_unused(const ProgramHeader& header, Findings& findings) const {
  for (std::size_t i = 0; i < events_.size(); ++i) {
    const EventUse& use = events_[i];
    const std::string& name = header.events[i].name;
    if (use.signals && !use.waits) {
      findings.warning(fmt::format("event '{}' is signalled by {} and never waited on", name,
                                   join(use.signallers)));
    } else if (!use.signals && !use.waits) {
      findings.warning(fmt::format("event '{}' is declared and never used", name));
    }
  }
}

}  // namespace npulse::isa::checking
