// SPDX-License-Identifier: Apache-2.0
// Prices a run: the chip's actions, its memory devices, and the time it took.
#pragma once

#include "arch/chip/chip.h"
#include "arch/chip/report.h"
#include "arch/dram/energy.h"
#include "arch/dram/memory.h"
#include "arch/energy/energy_model.h"

namespace npulse::arch {

class EnergyPricer {
 public:
  EnergyPricer(const Chip& chip, const dram::Memory& memory, const Activity& total,
               Picoseconds elapsed);

  EnergyReport report() const;

  /// Dynamic energy of a part of the run; the devices' dynamic energy is shared out by bytes.
  double dynamic_joules(const Activity& activity) const;

 private:
  EnergyModel model_;
  dram::DramEnergy dram_;
  const Activity& total_;
  Picoseconds elapsed_;
};

}  // namespace npulse::arch
