// SPDX-License-Identifier: Apache-2.0
// One memory access of a trace, whatever the simulator that it was written for.
#pragma once

#include <cstdint>
#include <optional>

#include "sim/core/units.h"

namespace npulse::traces {

struct MemoryAccess {
  std::uint32_t source = 0;  ///< Who asks; below kMaxSources.
  bool write = false;
  Address address = 0;
  std::optional<Bytes> bytes{};   ///< Unless the trace leaves it to the memory.
  std::optional<Cycles> cycle{};  ///< When, in cycles of the trace's own clock, from its start.
  bool operator==(const MemoryAccess&) const = default;
};

constexpr std::uint32_t kMaxSources = 4096;
constexpr Bytes kMaxAccess{1 << 20};
/// Keeps times in picoseconds inside 64 bits for every clock from 1 MHz up.
constexpr Cycles kMaxCycle{1'000'000'000'000};

}  // namespace npulse::traces
