// SPDX-License-Identifier: Apache-2.0
// Power states of a pseudo-channel.
#pragma once

#include <cstdint>
#include <span>

#include "sim/core/enum_names.h"

namespace npulse::dram {

/// Active: at least one row is open.
enum class PowerState : std::uint8_t {
  active_standby,
  precharge_standby,
  active_power_down,
  precharge_power_down,
  self_refresh,
};
constexpr std::size_t kPowerStates = 5;
std::span<const EnumName<PowerState>> enum_names(PowerState);

constexpr std::size_t index(PowerState state) {
  return static_cast<std::size_t>(state);
}

}  // namespace npulse::dram
