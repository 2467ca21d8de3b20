// SPDX-License-Identifier: Apache-2.0
#include "arch/dram/state_code.h"

#include <bit>

namespace npulse::dram {

std::size_t StateCodeHash::operator()(const StateCode& code) const {
  std::uint64_t hash = code.size();
  for (const std::uint16_t word : code) hash = (std::rotl(hash, 5) ^ word) * 0x9E3779B97F4A7C15u;
  return static_cast<std::size_t>(hash ^ hash >> 32);
}

}  // namespace npulse::dram
