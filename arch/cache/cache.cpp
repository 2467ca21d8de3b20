// SPDX-License-Identifier: Apache-2.0
#include "arch/cache/cache.h"

#include <algorithm>

namespace npulse::arch {

Cache::Cache(const CacheParams& params)
    : params_{params},
      sets_{
          static_cast<std::size_t>(params.capacity.count() / (params.line.count() * params.ways))},
      lines_(sets_) {}

bool Cache::read(Address address, std::int64_t bytes) {
  const auto size = static_cast<Address>(params_.line.count());
  const Address last = (address + static_cast<Address>(bytes) - 1) / size;
  bool held = true;
  for (Address line = address / size; line <= last; ++line) held = touch(line, true) && held;
  return held;
}

void Cache::write(Address address, std::int64_t bytes) {
  const auto size = static_cast<Address>(params_.line.count());
  const Address end = address + static_cast<Address>(bytes);
  for (Address line = address / size; line * size < end; ++line)
    touch(line, address <= line * size && (line + 1) * size <= end);
}

/// Whether the line is held.
bool Cache::touch(Address line, bool allocate) {
  auto& set = lines_[line % sets_];
  const auto found = std::find(set.begin(), set.end(), line);
  if (found != set.end()) {
    std::rotate(set.begin(), found, found + 1);
    return true;
  }
  if (!allocate) return false;
  set.insert(set.begin(), line);
  if (set.size() > static_cast<std::size_t>(params_.ways)) set.pop_back();
  return false;
}

Cycles Cache::hit(Cycles now, std::int64_t bytes) {
  free_at_ = std::max(free_at_, now) + Cycles{ceil_div(bytes, params_.bytes_per_cycle)};
  return free_at_ + params_.hit_cycles;
}

}  // namespace npulse::arch
