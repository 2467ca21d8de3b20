// SPDX-License-Identifier: Apache-2.0
#include "arch/dram/energy.h"

#include <cmath>
#include <numeric>

namespace npulse::dram {
namespace {

constexpr double kPicojoulesPerMilliwattPicosecond = 1e-3;

/// Whole multiples of 2^-47 J (7 fJ), whose sums are exact.
double joules(Picojoules energy) {
  return std::ldexp(std::round(std::ldexp(energy.count() * 1e-12, 47)), -47);
}

/// Mean over the time in each state.
double mean_milliwatts(const RailPrices& prices, const ChannelCounts& counts) {
  double ticks = 0, weighted = 0;
  for (std::size_t i = 0; i < kPowerStates; ++i) {
    const auto share = static_cast<double>(counts.state_ticks[i]);
    ticks += share;
    weighted += share * prices.power[i].count();
  }
  return ticks > 0 ? weighted / ticks : prices.power[index(PowerState::active_standby)].count();
}

DramEnergy::Rail rail_energy(const RailPrices& prices, const ChannelCounts& counts,
                             double milliwatt_picoseconds) {
  const auto of = [&](Command command) { return static_cast<double>(counts.of(command)); };
  const auto reads = static_cast<double>(counts.reads());
  const auto writes = static_cast<double>(counts.writes());
  return {prices.rail,
          {joules(prices.activate * of(Command::act)),
           joules(prices.read_column * reads + prices.write_column * writes),
           joules(prices.read_io * reads + prices.write_io * writes),
           joules(prices.refab * of(Command::refab) + prices.refpb * of(Command::refpb)),
           joules(Picojoules{milliwatt_picoseconds * kPicojoulesPerMilliwattPicosecond})}};
}

}  // namespace

double DramEnergy::Rail::total() const {
  return std::accumulate(joules.begin(), joules.end(), 0.0);
}

double DramEnergy::of(EnergyUse use) const {
  double sum = 0;
  for (const Rail& rail : rails) sum += rail.joules[index(use)];
  return sum;
}

double DramEnergy::total() const {
  double sum = 0;
  for (const Rail& rail : rails) sum += rail.total();
  return sum;
}

DramEnergy dram_energy(const PartParams& part, const ChannelCounts& counts, std::int64_t channels,
                       Picoseconds elapsed) {
  const ResolvedPart resolved{part};
  const auto powered = static_cast<double>(channels * part.organisation.pseudo_channels) *
                       static_cast<double>(elapsed.count());
  DramEnergy energy;
  energy.basis = part.energy.currents ? EnergyBasis::currents : EnergyBasis::figures;
  for (const RailPrices& prices : rail_prices(resolved)) {
    energy.rails.push_back(rail_energy(prices, counts, powered * mean_milliwatts(prices, counts)));
  }
  return energy;
}

}  // namespace npulse::dram
