// SPDX-License-Identifier: Apache-2.0
// Prices the actions that a chip's units counted. Memory devices price themselves (arch/dram).
#pragma once

#include <string>

#include "arch/energy/energy.h"
#include "arch/energy/params.h"
#include "arch/energy/tech.h"
#include "arch/ports/activity.h"

namespace npulse::arch {

/// What the prices of a chip depend on besides its process.
struct EnergyFacts {
  PowerParams power;
  Bytes spm_bank, acc_bank;   ///< Capacity of one bank: an access pays its bank, not the whole.
  Bytes shared_bank{};        ///< 0: the chip has no shared level.
  double noc_mm = 0;          ///< Mean wire of one crossing of the network.
  std::string memory_family;  ///< `lpddr5`, `hbm3`: selects the row of `phy`.
};

class EnergyModel {
 public:
  /// Throws InputError when the tables do not cover the chip.
  EnergyModel(const TechParams& tech, const EnergyFacts& facts);

  /// Dynamic energy of `pe`, `vector`, `spm`, `acc`, `shared`, `noc`, `dma`, `memory_controller`
  /// and `phy`, all of them, in this order.
  Energy price(const Activity& activity) const;

  /// `static`: what the chip draws over `time` whatever it does.
  Energy price_time(Picoseconds time) const;

 private:
  Picojoules arithmetic(const Activity& activity) const;

  TechParams tech_;
  SramEnergy spm_, acc_, shared_;  ///< Wire to the unit included.
  Picojoules noc_byte_;            ///< Switch and wire.
  PhyEnergy phy_;
  Milliwatts static_power_;
};

}  // namespace npulse::arch
