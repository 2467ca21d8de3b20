// SPDX-License-Identifier: Apache-2.0
// Parameters of a vector unit.
#pragma once

#include <vector>

#include "isa/types.h"
#include "sim/core/params.h"

namespace npulse::arch {

template <NamedEnum E>
std::vector<E> all_values() {
  std::vector<E> values;
  for (const auto& entry : enum_names(E{})) values.push_back(entry.value);
  return values;
}

struct VectorParams {
  std::int64_t lanes = 16;
  bool packed = true;
  std::vector<isa::DataType> types = all_values<isa::DataType>();
  Cycles start_cycles{0}, cfg_cycles{1};
  Cycles simple_cycles{1}, transcendental_cycles{4}, reduction_cycles{1};
  std::int64_t read_bytes_per_cycle = 128, write_bytes_per_cycle = 64;

  template <class V>
  static void describe(V& field) {
    field("lanes", &VectorParams::lanes, "count", "Lanes of 32 bits.", between(1, 1 << 20));
    field("packed", &VectorParams::packed, "",
          "Whether a lane works on 32 bits of narrower elements at once, else on one element.");
    field("types", &VectorParams::types, "", "Element types that the unit reads and writes.");
    field("start_cycles", &VectorParams::start_cycles, "cycles", "Overhead of each vec and xform.",
          between(0, 1 << 20));
    field("cfg_cycles", &VectorParams::cfg_cycles, "cycles", "Cost of a cfg instruction.",
          between(0, 1 << 20));
    field("simple_cycles", &VectorParams::simple_cycles, "cycles",
          "Of a lane for add, sub, mul, max, min, relu, a conversion or a copy.",
          between(1, 1 << 10));
    field("transcendental_cycles", &VectorParams::transcendental_cycles, "cycles",
          "Of a lane for exp, reciprocal, rsqrt, tanh, sine and the like.", between(1, 1 << 10));
    field("reduction_cycles", &VectorParams::reduction_cycles, "cycles",
          "Of a lane to take one element into a running sum or maximum.", between(1, 1 << 10));
    field("read_bytes_per_cycle", &VectorParams::read_bytes_per_cycle, "B/cycle",
          "Source bytes taken in a cycle.", between(1, 1 << 30));
    field("write_bytes_per_cycle", &VectorParams::write_bytes_per_cycle, "B/cycle",
          "Result bytes put out in a cycle.", between(1, 1 << 30));
  }
};

}  // namespace npulse::arch
