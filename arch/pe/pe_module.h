// SPDX-License-Identifier: Apache-2.0
// The PE array on the chip's diagram: a unit of the sequencer.
#pragma once

#include "arch/pe/array.h"
#include "arch/ports/unit_module.h"

namespace npulse::arch {

class PeModule : public UnitModule {
 public:
  PeModule(const sc_core::sc_module_name& name, sim::Simulation& simulation,
           const ClockDomain& clock, const PeParams& params, ScratchpadPort& memory)
      : UnitModule{name, simulation, clock}, array_{params, memory} {}

  const char* busy_with() const override { return "array"; }
  const StatGroup* stats() const override { return &array_.stats(); }

 private:
  Execution execute(Cycles now, const isa::Instruction& instruction) override {
    return array_.execute(now, instruction);
  }

  Array array_;
};

}  // namespace npulse::arch
