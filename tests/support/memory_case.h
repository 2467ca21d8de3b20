// SPDX-License-Identifier: Apache-2.0
// Cases of the product of parts, channels, mappings, policies and traffics, drawn from a seed.
#pragma once

#include <string>
#include <vector>

#include "arch/dram/memory_params.h"
#include "arch/dram/splitter.h"

namespace npulse::testing {

struct TimedTransaction {
  dram::Transaction transaction;
  Picoseconds pause{};  ///< After the one before was taken.
  Picoseconds ahead{};  ///< From being offered to its arrival.
};

struct MemoryCase {
  dram::PartParams part;
  dram::MemoryParams memory;
  std::vector<TimedTransaction> traffic;

  /// All that was drawn but the traffic, in words.
  std::string words() const;
};

constexpr std::uint64_t kMostChannels = 128;

/// Every shipped part in every density and mode, and in both together; loaded once.
std::vector<dram::PartParams> parts_of_the_product();

/// `engine` decides which policies there are. Consecutive seeds come by every number of channels.
MemoryCase memory_case(const std::vector<dram::PartParams>& parts, dram::MemoryEngine engine,
                       std::uint64_t seed);

}  // namespace npulse::testing
