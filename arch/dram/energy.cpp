// SPDX-License-Identifier: Apache-2.0
#include "arch/dram/energy.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <span>

namespace npulse::dram {
namespace {

constexpr double kPicojoulesPerMilliwattPicosecond = 1e-3;

using StateTimes = std::array<double, kPowerStates>;

/// Whole multiples of 2^-47 J (7 fJ), whose sums are exact.
double joules(Picojoules energy) {
  return std::ldexp(std::round(std::ldexp(energy.count() * 1e-12, 47)), -47);
}

double sum(std::span<const double> list) {
  return std::accumulate(list.begin(), list.end(), 0.0);
}

/// Shares `time` out by the ticks in each state.
StateTimes state_times(const ChannelCounts& counts, double time) {
  StateTimes times{};
  std::copy(counts.state_ticks.begin(), counts.state_ticks.end(), times.begin());
  const double ticks = sum(times);
  if (ticks == 0) return {time};  // active_standby
  for (double& share : times) share *= time / ticks;
  return times;
}

DramEnergy::Rail rail_energy(const RailPrices& prices, const ChannelCounts& counts,
                             const StateTimes& picoseconds) {
  const auto of = [&](Command command) { return static_cast<double>(counts.of(command)); };
  const auto reads = static_cast<double>(counts.reads());
  const auto writes = static_cast<double>(counts.writes());
  DramEnergy::Rail rail{prices.rail, {}, {}};
  for (std::size_t i = 0; i < kPowerStates; ++i) {
    rail.states[i] = joules(
        Picojoules{prices.power[i].count() * picoseconds[i] * kPicojoulesPerMilliwattPicosecond});
  }
  rail.uses = {joules(prices.activate * of(Command::act)),
               joules(prices.read_column * reads + prices.write_column * writes),
               joules(prices.read_io * reads + prices.write_io * writes),
               joules(prices.refab * of(Command::refab) + prices.refpb * of(Command::refpb)),
               sum(rail.states)};
  return rail;
}

}  // namespace

double DramEnergy::Rail::total() const {
  return sum(uses);
}

double DramEnergy::of(EnergyUse use) const {
  double total = 0;
  for (const Rail& rail : rails) total += rail.uses[index(use)];
  return total;
}

double DramEnergy::of(PowerState state) const {
  double total = 0;
  for (const Rail& rail : rails) total += rail.states[index(state)];
  return total;
}

double DramEnergy::total() const {
  double total = 0;
  for (const Rail& rail : rails) total += rail.total();
  return total;
}

DramEnergy dram_energy(const PartParams& part, const ChannelCounts& counts, std::int64_t channels,
                       Picoseconds elapsed) {
  const ResolvedPart resolved{part};
  const auto powered = static_cast<double>(channels * part.organisation.pseudo_channels) *
                       static_cast<double>(elapsed.count());
  const StateTimes times = state_times(counts, powered);
  DramEnergy energy;
  energy.basis = part.energy.currents ? EnergyBasis::currents : EnergyBasis::figures;
  for (const RailPrices& prices : rail_prices(resolved)) {
    energy.rails.push_back(rail_energy(prices, counts, times));
  }
  return energy;
}

}  // namespace npulse::dram
