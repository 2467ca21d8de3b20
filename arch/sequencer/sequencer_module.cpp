// SPDX-License-Identifier: Apache-2.0
#include "arch/sequencer/sequencer_module.h"

namespace npulse::arch {

SequencerModule::SequencerModule(const sc_core::sc_module_name& name, sim::Simulation& simulation,
                                 const ClockDomain& clock, const SequencerParams& params,
                                 std::uint16_t core, const isa::Program& program,
                                 const std::vector<Unit*>& units, SharedState& shared,
                                 RunObserver& observer, std::function<void()> wake_all)
    : Module{name, simulation, clock},
      sequencer_{params, core, program, units, shared, observer},
      wake_all_{std::move(wake_all)} {
  for (std::size_t i = 0; i < units.size(); ++i) {
    ports_.push_back(std::make_unique<Port>(*this, static_cast<std::uint16_t>(i)));
    units[i]->bind(*ports_.back());
  }
  wake_at(Cycles{0});
}

void SequencerModule::step() {
  const Cycles cycle = now();
  if (sequencer_.step(cycle)) wake_all_();
  if (const auto wake = sequencer_.wake_at()) wake_at(std::max(*wake, cycle));
}

void SequencerModule::Port::completed(Ticket ticket, const Outcome& outcome) {
  owner.sequencer_.completed(owner.now(), queue, ticket, outcome);
  owner.wake();
}

}  // namespace npulse::arch
