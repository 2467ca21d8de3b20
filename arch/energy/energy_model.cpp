// SPDX-License-Identifier: Apache-2.0
#include "arch/energy/energy_model.h"

namespace npulse::arch {
namespace {

Picojoules times(std::int64_t count, Picojoules each) {
  return static_cast<double>(count) * each;
}

/// A bank's prices with `wire_mm` of wire to its user added; nothing for a memory that is not
/// there.
SramEnergy with_wire(const TechParams& tech, Bytes bank, double wire_mm) {
  if (bank == Bytes{}) return {};
  SramEnergy energy = sram_energy(tech, bank);
  energy.read_byte += wire_mm * tech.wire_byte_mm;
  energy.write_byte += wire_mm * tech.wire_byte_mm;
  return energy;
}

Picojoules moved(std::int64_t read, std::int64_t written, const SramEnergy& energy) {
  return times(read, energy.read_byte) + times(written, energy.write_byte);
}

}  // namespace

EnergyModel::EnergyModel(const TechParams& tech, const EnergyFacts& facts)
    : tech_{tech},
      spm_{with_wire(tech, facts.spm_bank, facts.power.bank_wire_mm)},
      acc_{with_wire(tech, facts.acc_bank, facts.power.bank_wire_mm)},
      shared_{with_wire(tech, facts.shared_bank, facts.noc_mm)},
      noc_byte_{tech.router_byte + facts.noc_mm * tech.wire_byte_mm},
      phy_{phy_energy(tech, facts.memory_family)},
      static_power_{facts.power.static_power} {}

Picojoules EnergyModel::arithmetic(const Activity& activity) const {
  Picojoules sum;
  for (const auto& [type, price] : tech_.mac) {
    sum += times(activity.macs[static_cast<std::size_t>(type)], price);
  }
  return tech_.arithmetic_overhead * sum;
}

Energy EnergyModel::price(const Activity& activity) const {
  const Picojoules vector_ops = times(activity.vector_ops, tech_.vector_op) +
                                times(activity.transcendental_ops, tech_.transcendental_op);
  const std::int64_t read_bits = 8 * activity.dram_read_bytes;
  const std::int64_t write_bits = 8 * activity.dram_write_bytes;
  Energy energy;
  energy.add("pe", arithmetic(activity));
  energy.add("vector", tech_.arithmetic_overhead * vector_ops);
  energy.add("spm", moved(activity.spm_read_bytes, activity.spm_write_bytes, spm_));
  energy.add("acc", moved(activity.acc_read_bytes, activity.acc_write_bytes, acc_));
  energy.add("shared", moved(activity.shared_read_bytes, activity.shared_write_bytes, shared_));
  energy.add("noc", times(activity.noc_bytes, noc_byte_));
  energy.add("dma", times(activity.expanded_bytes, tech_.decompressed_byte));
  energy.add("memory_controller", times(read_bits + write_bits, tech_.controller_bit));
  energy.add("phy", times(read_bits, phy_.read_bit) + times(write_bits, phy_.write_bit));
  return energy;
}

Energy EnergyModel::price_time(Picoseconds time) const {
  constexpr double kPicojoulesPerMilliwattPicosecond = 1e-3;
  const double product = static_power_.count() * static_cast<double>(time.count());
  Energy energy;
  energy.add("static", {}, Picojoules{kPicojoulesPerMilliwattPicosecond * product});
  return energy;
}

}  // namespace npulse::arch
