// SPDX-License-Identifier: Apache-2.0
// Energies of one process node, read from configs/tech: what a chip's actions are priced with.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "isa/types.h"
#include "sim/core/error.h"
#include "sim/core/params.h"

namespace npulse::arch {

/// Energy of a byte moved in or out of an SRAM bank of one capacity.
struct SramEnergy {
  Bytes capacity;
  Picojoules read_byte, write_byte;

  template <class V>
  static void describe(V& field) {
    field("capacity", &SramEnergy::capacity, "B", "Capacity of the bank.", required(at_least(1)));
    field("read_byte", &SramEnergy::read_byte, "pJ", "A byte read.", required(at_least(0)));
    field("write_byte", &SramEnergy::write_byte, "pJ", "A byte written.", required(at_least(0)));
  }
};

/// Energy of a bit through the chip's half of a memory interface.
struct PhyEnergy {
  Picojoules read_bit, write_bit;

  template <class V>
  static void describe(V& field) {
    field("read_bit", &PhyEnergy::read_bit, "pJ", "A bit received.", required(at_least(0)));
    field("write_bit", &PhyEnergy::write_bit, "pJ", "A bit sent.", required(at_least(0)));
  }
};

struct TechParams {
  std::string name;
  double node_nm = 0;
  std::map<isa::DataType, Picojoules> mac;
  Picojoules vector_op, transcendental_op;
  double arithmetic_overhead = 1.0;
  std::vector<SramEnergy> sram;
  Picojoules wire_byte_mm, router_byte, decompressed_byte, controller_bit;
  std::map<std::string, PhyEnergy> phy;

  template <class V>
  static void describe(V& field) {
    field("name", &TechParams::name, "", "Name of the table.", required());
    field("node_nm", &TechParams::node_nm, "nm", "Process node.", required(between(1, 250)));
    field("mac", &TechParams::mac, "pJ",
          "A multiply and the addition to its accumulator, by the wider operand type; every type.",
          required(at_least(0)));
    field("vector_op", &TechParams::vector_op, "pJ", "One element through one vector lane.",
          required(at_least(0)));
    field("transcendental_op", &TechParams::transcendental_op, "pJ",
          "The same for exp, reciprocal, rsqrt, tanh and the like.", required(at_least(0)));
    field("arithmetic_overhead", &TechParams::arithmetic_overhead, "ratio",
          "What operand registers, control and clock make of the three above.", between(1, 100));
    field("sram", &TechParams::sram, "", "By capacity of a bank, ascending; between rows log-log.",
          required());
    field("wire_byte_mm", &TechParams::wire_byte_mm, "pJ", "A byte over a millimetre of wire.",
          required(at_least(0)));
    field("router_byte", &TechParams::router_byte, "pJ", "A byte through a switch of the network.",
          required(at_least(0)));
    field("decompressed_byte", &TechParams::decompressed_byte, "pJ",
          "A byte put out by a decompressor.", required(at_least(0)));
    field("controller_bit", &TechParams::controller_bit, "pJ",
          "A bit through a memory controller, either way.", required(at_least(0)));
    field("phy", &TechParams::phy, "", "By family of the memory part.", required());
  }

  void check(Faults& faults, const std::string& path) const;
};

/// Energy of a byte in a bank of `capacity`; throws InputError outside the table's range.
SramEnergy sram_energy(const TechParams& tech, Bytes capacity);

/// The interface of a family of parts; throws InputError naming those that the table has.
const PhyEnergy& phy_energy(const TechParams& tech, const std::string& family);

}  // namespace npulse::arch
