// SPDX-License-Identifier: Apache-2.0
#include "arch/dram/request.h"

namespace npulse::dram {

namespace {

void add(ChannelCounts& to, const ChannelCounts& other, std::int64_t times) {
  for (std::size_t i = 0; i < kCommands; ++i) to.commands[i] += times * other.commands[i];
  to.row_misses += times * other.row_misses;
  to.row_conflicts += times * other.row_conflicts;
  for (std::size_t i = 0; i < kPowerStates; ++i) to.state_ticks[i] += times * other.state_ticks[i];
  to.data_ticks += times * other.data_ticks;
}

}  // namespace

ChannelCounts& ChannelCounts::operator+=(const ChannelCounts& other) {
  add(*this, other, 1);
  return *this;
}

ChannelCounts& ChannelCounts::operator-=(const ChannelCounts& other) {
  add(*this, other, -1);
  return *this;
}

}  // namespace npulse::dram
