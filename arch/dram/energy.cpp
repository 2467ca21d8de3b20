// SPDX-License-Identifier: Apache-2.0
#include "arch/dram/energy.h"

namespace npulse::dram {
namespace {

constexpr double kPicojoulesPerMilliwattPicosecond = 1e-3;

}  // namespace

DramEnergy dram_energy(const PartParams& part, const ChannelCounts& counts, std::int64_t channels,
                       Picoseconds elapsed) {
  const EnergyParams& e = part.energy;
  const double burst_bits = 8.0 * static_cast<double>(part.organisation.burst_bytes());
  const double read_bits = burst_bits * static_cast<double>(counts.reads());
  const double write_bits = burst_bits * static_cast<double>(counts.writes());
  const double milliwatts = e.background_mw * static_cast<double>(channels);
  return {
      .activation = Picojoules{e.activate_pj * static_cast<double>(counts.of(Command::act))},
      .column = Picojoules{e.read_pj_per_bit * read_bits + e.write_pj_per_bit * write_bits},
      .io = Picojoules{e.io_read_pj_per_bit * read_bits + e.io_write_pj_per_bit * write_bits},
      .refresh = Picojoules{e.refresh_pj * static_cast<double>(counts.of(Command::refab))},
      .background = Picojoules{milliwatts * static_cast<double>(elapsed.count()) *
                               kPicojoulesPerMilliwattPicosecond},
  };
}

}  // namespace npulse::dram
