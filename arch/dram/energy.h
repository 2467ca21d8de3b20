// SPDX-License-Identifier: Apache-2.0
// Energy of the DRAM devices, from what was counted.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "arch/dram/energy_prices.h"
#include "arch/dram/request.h"

namespace npulse::dram {

/// What the devices spend energy on. io: the pins, as far as a part tells it from the columns.
enum class EnergyUse : std::uint8_t { activation, column, io, refresh, background };
constexpr std::size_t kEnergyUses = 5;
constexpr std::size_t index(EnergyUse use) {
  return static_cast<std::size_t>(use);
}
std::span<const EnumName<EnergyUse>> enum_names(EnergyUse);

/// Whether energies come from the part's currents, by rail, or from its figures.
enum class EnergyBasis : std::uint8_t { figures, currents };
std::span<const EnumName<EnergyBasis>> enum_names(EnergyBasis);

/// In joules, which a report is to repeat to the last bit: uses and rails sum to the total exactly,
/// and states to the background, in any order (below 64 J).
struct DramEnergy {
  struct Rail {
    std::string name;
    std::array<double, kEnergyUses> uses{};
    std::array<double, kPowerStates> states{};  ///< Of the background.
    double total() const;
  };
  EnergyBasis basis = EnergyBasis::figures;
  std::vector<Rail> rails;  ///< One without a name when the basis is figures.

  double of(EnergyUse use) const;
  double of(PowerState state) const;
  double total() const;
};

/// `counts` are the sum over `channels` channels that were powered for `elapsed`. Where no time was
/// accounted to a state yet, rows count as open.
DramEnergy dram_energy(const PartParams& part, const ChannelCounts& counts, std::int64_t channels,
                       Picoseconds elapsed);

}  // namespace npulse::dram
