// SPDX-License-Identifier: Apache-2.0
// How much the fast engine reserves at once.
#pragma once

#include <cstddef>
#include <cstdint>

namespace npulse::dram {

/// Bursts of a granule, at most: consecutive ones of a row.
constexpr std::int64_t kGranule = 16;
/// Granules of a batch, at most: other requests go between batches, not inside.
constexpr std::size_t kBatch = 4;

}  // namespace npulse::dram
