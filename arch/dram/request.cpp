// SPDX-License-Identifier: Apache-2.0
#include "arch/dram/request.h"

namespace npulse::dram {

ChannelCounts& ChannelCounts::operator+=(const ChannelCounts& other) {
  for (std::size_t i = 0; i < kCommands; ++i) commands[i] += other.commands[i];
  row_misses += other.row_misses;
  row_conflicts += other.row_conflicts;
  for (std::size_t i = 0; i < kPowerStates; ++i) state_ticks[i] += other.state_ticks[i];
  data_ticks += other.data_ticks;
  return *this;
}

}  // namespace npulse::dram
