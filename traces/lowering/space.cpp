// SPDX-License-Identifier: Apache-2.0
#include "traces/lowering/space.h"

#include <fmt/format.h>

#include <algorithm>

#include "sim/core/error.h"

namespace npulse::lowering {

Address SpaceAllocator::take(const std::string& purpose, Bytes bytes) {
  const Address address = next_;
  next_ += static_cast<Address>(round_up(bytes.count(), alignment_.count()));
  taken_.emplace_back(purpose, bytes);
  return address;
}

void SpaceAllocator::check(const std::string& where, const std::string& hint) const {
  if (used() <= capacity_) return;
  const auto largest = std::max_element(taken_.begin(), taken_.end(),
                                        [](auto& a, auto& b) { return a.second < b.second; });
  throw InputError{
      where,
      fmt::format("needs {} bytes of the {}, which has {}; most of it, {} bytes, for {}",
                  used().count(), what_, capacity_.count(), largest->second.count(),
                  largest->first),
      hint};
}

}  // namespace npulse::lowering
