// SPDX-License-Identifier: Apache-2.0
// Traces from text, and the eight accesses that every file in data/ holds.
#pragma once

#include <sstream>
#include <vector>

#include "traces/dram/reader.h"

namespace npulse::test {

inline std::vector<traces::MemoryAccess> read_all(const std::string& text, const std::string& name,
                                                  const traces::ReaderOptions& options = {}) {
  std::istringstream in{text};
  traces::AccessReader reader{in, name, options};
  std::vector<traces::MemoryAccess> accesses;
  while (const auto access = reader.next()) accesses.push_back(*access);
  return accesses;
}

/// With sources, sizes and times, of which a dialect may lack some.
inline std::vector<traces::MemoryAccess> the_eight() {
  const auto access = [](std::uint32_t source, bool write, Address address, std::int64_t bytes,
                         std::int64_t cycle) {
    return traces::MemoryAccess{source, write, address, Bytes{bytes}, Cycles{cycle}};
  };
  return {access(0, false, 0x0, 64, 0),        access(0, false, 0x40, 64, 4),
          access(1, true, 0x10000000, 64, 4),  access(0, false, 0x80, 64, 8),
          access(1, true, 0x10000040, 64, 12), access(2, false, 0xffc0, 32, 20),
          access(0, true, 0x2000, 64, 21),     access(0, false, 0xc0, 64, 30)};
}

/// What is left of the eight in a dialect when sizes default to `bytes`.
inline std::vector<traces::MemoryAccess> the_eight_in(traces::Dialect dialect, Bytes bytes) {
  using enum traces::Dialect;
  auto accesses = the_eight();
  for (auto& access : accesses) {
    if (dialect != native) access.source = 0;
    if (dialect == ramulator) access.cycle.reset();
    if (dialect == ramulator || dialect == dramsim3) access.bytes = bytes;
  }
  return accesses;
}

}  // namespace npulse::test
