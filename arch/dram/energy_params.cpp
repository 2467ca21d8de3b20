// SPDX-License-Identifier: Apache-2.0
#include "arch/dram/energy_params.h"

#include <fmt/format.h>

#include "sim/core/config_file.h"

namespace npulse::dram {
namespace {

using Current = std::pair<const char*, const ByRail*>;

/// Both name the same rails.
bool same_rails(const ByRail& a, const ByRail& b) {
  const auto same_name = [](const auto& x, const auto& y) { return x.first == y.first; };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), same_name);
}

std::string rails_of(const ByRail& by_rail) {
  std::string text;
  for (const auto& [rail, value] : by_rail) text += (text.empty() ? "" : ", ") + rail;
  return text.empty() ? "none" : text;
}

}  // namespace

void SupplyCurrents::check(Faults& faults, const std::string& path) const {
  std::vector<Current> all{{"idd0", &idd0},   {"idd2n", &idd2n}, {"idd2p", &idd2p},
                           {"idd3n", &idd3n}, {"idd3p", &idd3p}, {"idd4r", &idd4r},
                           {"idd4w", &idd4w}, {"idd5", &idd5},   {"idd6", &idd6}};
  if (idd5pb) all.push_back({"idd5pb", &*idd5pb});
  for (const auto& [name, current] : all) {
    if (same_rails(*current, volts)) continue;
    faults.add(join_path(path, name), fmt::format("names the rails {}: must be those of volts, {}",
                                                  rails_of(*current), rails_of(volts)));
    return;
  }
  // What a command adds to standby must not be negative.
  const auto at_least = [&](Current current, Current standby) {
    for (const auto& [rail, milliamps] : *standby.second) {
      if (current.second->at(rail) >= milliamps) continue;
      faults.add(join_path(join_path(path, current.first), rail),
                 fmt::format("{}: must be at least {} = {}", current.second->at(rail),
                             standby.first, milliamps));
    }
  };
  at_least({"idd0", &idd0}, {"idd2n", &idd2n});
  at_least({"idd4r", &idd4r}, {"idd3n", &idd3n});
  at_least({"idd4w", &idd4w}, {"idd3n", &idd3n});
  at_least({"idd5", &idd5}, {"idd2n", &idd2n});
  if (idd5pb) at_least({"idd5pb", &*idd5pb}, {"idd2n", &idd2n});
}

void EnergyParams::check(Faults& faults, const std::string& path) const {
  if (figures.has_value() == currents.has_value()) {
    faults.add(path, figures ? "has figures and currents: one of them must go"
                             : "needs figures or currents");
  }
}

}  // namespace npulse::dram
