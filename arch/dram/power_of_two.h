// SPDX-License-Identifier: Apache-2.0
// Counts of a part are mostly powers of two: banks, rows, bursts.
#pragma once

#include <bit>
#include <cstdint>

namespace npulse::dram {

constexpr bool is_power_of_two(std::int64_t n) {
  return std::has_single_bit(static_cast<std::uint64_t>(n));
}

/// Of a power of two. So narrow that it goes into any type.
constexpr std::uint8_t log2_of(std::int64_t n) {
  return static_cast<std::uint8_t>(std::countr_zero(static_cast<std::uint64_t>(n)));
}

}  // namespace npulse::dram
