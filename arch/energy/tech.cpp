// SPDX-License-Identifier: Apache-2.0
#include "arch/energy/tech.h"

#include <algorithm>
#include <cmath>

#include "sim/core/config_file.h"
#include "sim/core/scalar_types.h"

namespace npulse::arch {
namespace {

/// The straight line through two rows in log-log space, at `x`.
Picojoules between_rows(Bytes x, const SramEnergy& low, const SramEnergy& high,
                        Picojoules SramEnergy::*energy) {
  const auto log_of = [](Bytes bytes) { return std::log(static_cast<double>(bytes.count())); };
  const double base = log_of(low.capacity);
  const double share = (log_of(x) - base) / (log_of(high.capacity) - base);
  const double a = (low.*energy).count(), b = (high.*energy).count();
  return Picojoules{a * std::pow(b / a, share)};
}

bool ascending(const SramEnergy& a, const SramEnergy& b) {
  return a.capacity < b.capacity;
}

}  // namespace

void TechParams::check(Faults& faults, const std::string& path) const {
  for (const auto& entry : enum_names(isa::DataType{})) {
    if (!mac.contains(entry.value)) {
      faults.add(join_path(path, "mac"), "has no energy for " + std::string{entry.name},
                 "give one for each of " + join(all_names<isa::DataType>()));
    }
  }
  const auto out_of_order = std::adjacent_find(
      sram.begin(), sram.end(), [](const auto& a, const auto& b) { return !ascending(a, b); });
  if (sram.size() < 2 || out_of_order != sram.end()) {
    faults.add(join_path(path, "sram"), "must have two or more rows of ascending capacity");
  }
  for (const auto& row : sram) {
    if (row.read_byte.count() > 0 && row.write_byte.count() > 0) continue;
    faults.add(join_path(path, "sram"), "must have energies above 0");
  }
}

SramEnergy sram_energy(const TechParams& tech, Bytes capacity) {
  const SramEnergy wanted{capacity, {}, {}};
  const auto high = std::lower_bound(tech.sram.begin(), tech.sram.end(), wanted, ascending);
  const bool exact = high != tech.sram.end() && high->capacity == capacity;
  if (exact) return *high;
  if (high == tech.sram.begin() || high == tech.sram.end()) {
    throw InputError{"tech " + tech.name,
                     "has no SRAM bank of " + scalar_text(capacity) + ", only of " +
                         scalar_text(tech.sram.front().capacity) + " to " +
                         scalar_text(tech.sram.back().capacity),
                     "change the memory's capacity or banks, or add a row to the table"};
  }
  const SramEnergy& low = *(high - 1);
  return {capacity, between_rows(capacity, low, *high, &SramEnergy::read_byte),
          between_rows(capacity, low, *high, &SramEnergy::write_byte)};
}

const PhyEnergy& phy_energy(const TechParams& tech, const std::string& family) {
  const auto found = tech.phy.find(family);
  if (found != tech.phy.end()) return found->second;
  std::vector<std::string> known;
  for (const auto& [name, energy] : tech.phy) known.push_back(name);
  throw InputError{"tech " + tech.name,
                   "has no energy for the interface of '" + family + "', only for " + join(known),
                   "add a row under phy"};
}

}  // namespace npulse::arch
