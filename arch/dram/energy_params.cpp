// SPDX-License-Identifier: Apache-2.0
#include "arch/dram/energy_params.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "sim/core/config_file.h"

namespace npulse::dram {
namespace {

/// All that is given by rail, by name.
struct ByRailLister {
  const SupplyCurrents& source;
  std::map<std::string, const ByRail*> list;

  void operator()(const char* name, ByRail SupplyCurrents::*member, const char*, const char*,
                  Limits) {
    list[name] = &(source.*member);
  }
  void operator()(const char* name, std::optional<ByRail> SupplyCurrents::*member, const char*,
                  const char*, Limits) {
    if (source.*member) list[name] = &*(source.*member);
  }
  void operator()(const char*, std::int64_t SupplyCurrents::*, const char*, const char*, Limits) {}
};

/// What a command adds to the current of its state.
constexpr std::pair<const char*, const char*> kCommandOverState[]{{"idd0", "idd2n"},
                                                                  {"idd4r", "idd3n"},
                                                                  {"idd4w", "idd3n"},
                                                                  {"idd5", "idd2n"},
                                                                  {"idd5pb", "idd2n"}};

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
  ByRailLister lister{*this, {}};
  describe(lister);
  for (const auto& [name, current] : lister.list) {
    if (same_rails(*current, volts)) continue;
    faults.add(join_path(path, name), fmt::format("names the rails {}: must be those of volts, {}",
                                                  rails_of(*current), rails_of(volts)));
  }
  if (!faults.empty()) return;
  for (const auto& [command, state] : kCommandOverState) {
    if (!lister.list.contains(command)) continue;
    for (const auto& [rail, milliamps] : *lister.list[command]) {
      const double standby = lister.list[state]->at(rail);
      if (milliamps >= standby) continue;
      faults.add(join_path(join_path(path, command), rail),
                 fmt::format("{}: must be at least {} = {}", milliamps, state, standby));
    }
  }
}

void EnergyParams::check(Faults& faults, const std::string& path) const {
  if (figures.has_value() == currents.has_value()) {
    faults.add(path, figures ? "has figures and currents: one of them must go"
                             : "needs figures or currents");
  }
}

}  // namespace npulse::dram
