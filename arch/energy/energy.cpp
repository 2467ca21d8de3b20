// SPDX-License-Identifier: Apache-2.0
#include "arch/energy/energy.h"

#include <algorithm>

namespace npulse::arch {

void Energy::add(std::string_view name, Picojoules dynamic_energy, Picojoules static_energy) {
  const auto found = std::find_if(components_.begin(), components_.end(),
                                  [&](const auto& component) { return component.name == name; });
  if (found == components_.end()) {
    components_.push_back({std::string{name}, dynamic_energy, static_energy});
  } else {
    found->dynamic_energy += dynamic_energy;
    found->static_energy += static_energy;
  }
}

Energy& Energy::operator+=(const Energy& other) {
  for (const auto& component : other.components_) {
    add(component.name, component.dynamic_energy, component.static_energy);
  }
  return *this;
}

Picojoules Energy::total() const {
  Picojoules sum;
  for (const auto& component : components_) sum += component.total();
  return sum;
}

nlohmann::ordered_json energy_json(const Energy& energy) {
  constexpr double kJoulesPerPicojoule = 1e-12;
  double total = 0, dynamic_sum = 0, static_sum = 0;
  auto parts = nlohmann::ordered_json::object();
  for (const auto& component : energy.components()) {
    const double joules = component.total().count() * kJoulesPerPicojoule;
    parts[component.name] = joules;
    total += joules;
    dynamic_sum += component.dynamic_energy.count() * kJoulesPerPicojoule;
    static_sum += component.static_energy.count() * kJoulesPerPicojoule;
  }
  return {
      {"total", total}, {"dynamic", dynamic_sum}, {"static", static_sum}, {"components", parts}};
}

}  // namespace npulse::arch
