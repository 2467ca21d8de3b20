// SPDX-License-Identifier: Apache-2.0
// A sequencer on the chip's diagram: woken by its units, by its own deadlines and by other cores.
#pragma once

#include <functional>
#include <memory>

#include "arch/sequencer/sequencer.h"
#include "sim/kernel/module.h"

namespace npulse::arch {

class SequencerModule : public sim::Module {
 public:
  /// `wake_all` is called when something changed that other cores may wait for.
  SequencerModule(const sc_core::sc_module_name& name, sim::Simulation& simulation, const ClockDomain& clock,
                  const SequencerParams& params, std::uint16_t core, const isa::Program& program,
                  const std::vector<Unit*>& units, SharedState& shared, RunObserver& observer,
                  std::function<void()> wake_all);

  void wake() { wake_at(now()); }
  bool idle() const override { return sequencer_.idle(); }
  std::string describe_state() const override { return sequencer_.describe_state(); }
  Sequencer& sequencer() { return sequencer_; }

 private:
  /// Hears one unit.
  struct Port : UnitListener {
    Port(SequencerModule& module, std::uint16_t index) : owner{module}, queue{index} {}
    void completed(Ticket ticket, const Outcome& outcome) override;
    void unit_ready() override { owner.wake(); }
    SequencerModule& owner;
    std::uint16_t queue;
  };

  void step() override;

  Sequencer sequencer_;
  std::vector<std::unique_ptr<Port>> ports_;
  std::function<void()> wake_all_;
};

}  // namespace npulse::arch
