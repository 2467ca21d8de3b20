// SPDX-License-Identifier: Apache-2.0
#include "arch/chip/energy_report.h"

namespace npulse::arch {
namespace {

using Use = dram::EnergyUse;

constexpr double kJoulesPerPicojoule = 1e-12;

Bytes bank_capacity(const SpmParams& params) {
  return Bytes{params.capacity.count() / params.banks};
}

EnergyFacts facts_of(const Chip& chip) {
  EnergyFacts facts;
  facts.power = chip.params.power;
  facts.spm_bank = bank_capacity(chip.params.spm);
  facts.acc_bank = bank_capacity(chip.params.acc);
  facts.noc_mm = chip.params.noc.core_distance_mm;
  facts.memory_family = to_string(chip.part.family);
  return facts;
}

double bytes_of(const Activity& activity) {
  return static_cast<double>(activity.dram_read_bytes + activity.dram_write_bytes);
}

Picojoules picojoules(double joules) {
  return Picojoules{joules / kJoulesPerPicojoule};
}

double dynamic_of(const dram::DramEnergy& energy) {
  return energy.of(Use::activation) + energy.of(Use::column) + energy.of(Use::io);
}

double dynamic_sum(const Energy& energy) {
  double sum = 0;
  for (const EnergyComponent& component : energy.components()) {
    sum += component.dynamic_energy.count();
  }
  return sum;
}

}  // namespace

EnergyPricer::EnergyPricer(const Chip& chip, const dram::Memory& memory, const Activity& total,
                           Picoseconds elapsed)
    : model_{chip.tech, facts_of(chip)},
      dram_{dram::dram_energy(chip.part, memory.total_counts(),
                              static_cast<std::int64_t>(memory.channels()), elapsed)},
      total_{total},
      elapsed_{elapsed} {}

EnergyReport EnergyPricer::report() const {
  EnergyReport report;
  report.energy = model_.price(total_);
  const double standing = dram_.of(Use::refresh) + dram_.of(Use::background);
  report.energy.add("dram", picojoules(dynamic_of(dram_)), picojoules(standing));
  report.energy += model_.price_time(elapsed_);
  report.dram = dram_;
  report.average_watts = ratio(report.energy.total().count(), static_cast<double>(elapsed_.count()));
  return report;
}

double EnergyPricer::dynamic_joules(const Activity& activity) const {
  const double share = ratio(bytes_of(activity), bytes_of(total_));
  return dynamic_sum(model_.price(activity)) * kJoulesPerPicojoule + dynamic_of(dram_) * share;
}

}  // namespace npulse::arch
