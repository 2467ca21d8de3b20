// SPDX-License-Identifier: Apache-2.0
#include "arch/dram/energy.h"

#include "arch/dram/resolved_part.h"

namespace npulse::dram {
namespace {

constexpr double kPicojoulesPerMilliwattPicosecond = 1e-3;

/// What a channel draws in each state, in mW.
std::array<double, kPowerStates> state_power(const EnergyParams& e) {
  const double closed = e.precharge_standby_mw.value_or(e.background_mw);
  const double closed_down = e.power_down_mw.value_or(closed);
  return {e.background_mw, closed, e.power_down_mw.value_or(e.background_mw), closed_down,
          e.self_refresh_mw.value_or(closed_down)};
}

/// Mean of a channel over its time in each state. Without any, rows count as open.
double mean_power(const EnergyParams& e, const ChannelCounts& counts) {
  const auto power = state_power(e);
  double ticks = 0, weighted = 0;
  for (std::size_t i = 0; i < kPowerStates; ++i) {
    const auto share = static_cast<double>(counts.state_ticks[i]);
    ticks += share;
    weighted += share * (power[i] - e.background_mw);
  }
  return ticks > 0 ? e.background_mw + weighted / ticks : e.background_mw;
}

/// A refresh of a set of banks costs its share of one of all banks.
double refreshes(const PartParams& part, const ChannelCounts& counts) {
  const auto all = static_cast<double>(counts.of(Command::refab));
  const auto sets = static_cast<double>(counts.of(Command::refpb));
  if (sets == 0) return all;
  return all + sets / static_cast<double>(ResolvedPart{part}.refresh_sets);
}

}  // namespace

DramEnergy dram_energy(const PartParams& part, const ChannelCounts& counts, std::int64_t channels,
                       Picoseconds elapsed) {
  const EnergyParams& e = part.energy;
  const double burst_bits = 8.0 * static_cast<double>(part.organisation.burst_bytes());
  const double read_bits = burst_bits * static_cast<double>(counts.reads());
  const double write_bits = burst_bits * static_cast<double>(counts.writes());
  const double milliwatts = mean_power(e, counts) * static_cast<double>(channels);
  return {
      .activation = Picojoules{e.activate_pj * static_cast<double>(counts.of(Command::act))},
      .column = Picojoules{e.read_pj_per_bit * read_bits + e.write_pj_per_bit * write_bits},
      .io = Picojoules{e.io_read_pj_per_bit * read_bits + e.io_write_pj_per_bit * write_bits},
      .refresh = Picojoules{e.refresh_pj * refreshes(part, counts)},
      .background = Picojoules{milliwatts * static_cast<double>(elapsed.count()) *
                               kPicojoulesPerMilliwattPicosecond},
  };
}

}  // namespace npulse::dram
