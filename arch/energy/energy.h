// SPDX-License-Identifier: Apache-2.0
// Energy split into named components.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "sim/core/units.h"

namespace npulse::arch {

/// Dynamic energy is spent by actions, static energy by time.
struct EnergyComponent {
  std::string name;
  Picojoules dynamic_energy, static_energy;
  Picojoules total() const { return dynamic_energy + static_energy; }
};

/// Components in the order of their first mention; the total is defined as their sum in that order.
class Energy {
 public:
  void add(std::string_view name, Picojoules dynamic_energy, Picojoules static_energy = {});
  Energy& operator+=(const Energy& other);

  const std::vector<EnergyComponent>& components() const { return components_; }
  Picojoules total() const;

 private:
  std::vector<EnergyComponent> components_;
};

/// In joules: `{total, dynamic, static, components: {name: joules}}`. The total is taken over the
/// very numbers of `components`, in order, so that a reader who adds them up gets it to the last
/// bit.
nlohmann::ordered_json energy_json(const Energy& energy);

}  // namespace npulse::arch
