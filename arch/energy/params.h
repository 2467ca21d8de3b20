// SPDX-License-Identifier: Apache-2.0
// What a chip file says of its power beyond its table of energies.
#pragma once

#include "sim/core/params.h"
#include "sim/core/units.h"

namespace npulse::arch {

struct PowerParams {
  Milliwatts static_power;
  double bank_wire_mm = 0.3;

  template <class V>
  static void describe(V& field) {
    field("static_power", &PowerParams::static_power, "mW",
          "Leakage and clock of the whole chip, without its memory devices, drawn all the time.",
          required(at_least(0)));
    field("bank_wire_mm", &PowerParams::bank_wire_mm, "mm",
          "Mean wire from a bank of scratchpad or accumulators to its unit.", between(0, 100));
  }
};

}  // namespace npulse::arch
