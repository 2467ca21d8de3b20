// SPDX-License-Identifier: Apache-2.0
// The vector unit on the chip's diagram: a unit of the sequencer.
#pragma once

#include "arch/ports/unit_module.h"
#include "arch/vector/vector_unit.h"

namespace npulse::arch {

class VectorModule : public UnitModule {
 public:
  VectorModule(const sc_core::sc_module_name& name, sim::Simulation& simulation,
               const ClockDomain& clock, const VectorParams& params, ScratchpadPort& memory)
      : UnitModule{name, simulation, clock}, unit_{params, memory} {}

  const char* busy_with() const override { return "lanes"; }
  const StatGroup* stats() const override { return &unit_.stats(); }

 private:
  Execution execute(Cycles now, const isa::Instruction& instruction) override {
    return unit_.execute(now, instruction);
  }

  VectorUnit unit_;
};

}  // namespace npulse::arch
