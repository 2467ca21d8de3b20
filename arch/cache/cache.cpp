// SPDX-License-Identifier: Apache-2.0
#include "arch/cache/cache.h"

#include <algorithm>

namespace npulse::arch {

Cache::Cache(const CacheParams& params)
    : params_{params},
      sets_{static_cast<std::size_t>(std::max<std::int64_t>(
          1, params.capacity.count() / (params.line.count() * params.ways)))},
      lines_(sets_) {}

bool Cache::touch(Address address, std::int64_t bytes) {
  const auto size = static_cast<Address>(params_.line.count());
  const Address last = (address + static_cast<Address>(bytes) - 1) / size;
  bool held = true;
  for (Address line = address / size; line <= last; ++line) held = touch_line(line) && held;
  return held;
}

bool Cache::touch_line(Address line) {
  auto& set = lines_[line % sets_];
  const auto found = std::find(set.begin(), set.end(), line);
  const bool held = found != set.end();
  if (held) {
    std::rotate(set.begin(), found, found + 1);
    return true;
  }
  set.insert(set.begin(), line);
  if (set.size() > static_cast<std::size_t>(params_.ways)) set.pop_back();
  return false;
}

Cycles Cache::read(Cycles now, std::int64_t bytes) {
  free_at_ = std::max(free_at_, now) + Cycles{ceil_div(bytes, params_.bytes_per_cycle)};
  return free_at_ + params_.hit_cycles;
}

}  // namespace npulse::arch
