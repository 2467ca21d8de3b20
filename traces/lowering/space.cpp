// SPDX-License-Identifier: Apache-2.0
#include "traces/lowering/space.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>

#include "sim/core/error.h"

namespace npulse::lowering {
namespace {

/// A transfer of less touches a few channels only, wherever it begins.
constexpr Bytes kSmall{4096};

}  // namespace

std::int64_t SpaceAllocator::alignment_of(Bytes bytes) const {
  if (bytes < kSmall) return alignment_.count();
  const auto own = std::bit_floor(static_cast<std::uint64_t>(bytes.count()));
  return std::clamp(static_cast<std::int64_t>(own), alignment_.count(), most_alignment_.count());
}

Address SpaceAllocator::take(const std::string& purpose, Bytes bytes) {
  const auto address = round_up(static_cast<std::int64_t>(next_), alignment_of(bytes));
  next_ = static_cast<Address>(address + round_up(bytes.count(), alignment_.count()));
  taken_.emplace_back(purpose, bytes);
  return static_cast<Address>(address);
}

Bytes SpaceAllocator::stride(Bytes bytes) const {
  return Bytes{round_up(bytes.count(), alignment_of(Bytes{bytes.count() / 32}))};
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
