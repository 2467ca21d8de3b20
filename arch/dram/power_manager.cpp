// SPDX-License-Identifier: Apache-2.0
#include "arch/dram/power_manager.h"

#include <cmath>

namespace npulse::dram {
namespace {

Cycles ticks_of(const ResolvedPart& part, const std::optional<double>& ns) {
  if (!ns) return kNever;
  const double rate = static_cast<double>(part.clock.frequency().count());
  return Cycles{std::llround(std::ceil(*ns * rate / 1e9 - 1e-6))};
}

PowerState state_after(Command command, bool open) {
  switch (command) {
    case Command::pde:
      return open ? PowerState::active_power_down : PowerState::precharge_power_down;
    case Command::sre:
      return PowerState::self_refresh;
    default:
      return open ? PowerState::active_standby : PowerState::precharge_standby;
  }
}

}  // namespace

PowerManager::PowerManager(const ResolvedPart& part, const ControllerParams& controller)
    : power_down_{ticks_of(part, controller.power_down_idle_ns)},
      self_refresh_{ticks_of(part, controller.self_refresh_idle_ns)} {}

void PowerManager::issue(Command command, bool open, Cycles at, ChannelCounts& counts) {
  set(state_after(command, open), at, counts);
}

void PowerManager::account(Cycles until, ChannelCounts& counts) {
  if (until <= accounted_) return;
  counts.state_ticks[index(state_)] += (until - accounted_).count();
  accounted_ = until;
}

}  // namespace npulse::dram
