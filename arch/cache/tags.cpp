// SPDX-License-Identifier: Apache-2.0
#include "arch/cache/tags.h"

#include <algorithm>

namespace npulse::arch {

std::span<const EnumName<Replacement>> enum_names(Replacement) {
  static constexpr EnumName<Replacement> kNames[] = {{Replacement::lru, "lru"},
                                                     {Replacement::random, "random"}};
  return kNames;
}

Tags::Tags(const CacheParams& params)
    : ways_{static_cast<std::size_t>(params.ways)},
      replacement_{params.replacement},
      sets_(
          static_cast<std::size_t>(params.capacity.count() / (params.line.count() * params.ways))) {
}

Tags::Line* Tags::find(Address number) {
  auto& set = sets_[number % sets_.size()];
  const auto found =
      std::find_if(set.begin(), set.end(), [&](const Line& l) { return l.number == number; });
  if (found == set.end()) return nullptr;
  std::rotate(set.begin(), found, found + 1);
  return &set.front();
}

bool Tags::room_for(Address number) const {
  const auto& set = sets_[number % sets_.size()];
  return set.size() < ways_ ||
         std::any_of(set.begin(), set.end(), [](const Line& l) { return !l.coming; });
}

std::optional<Tags::Line> Tags::insert(const Line& line) {
  auto& set = sets_[line.number % sets_.size()];
  std::optional<Line> left;
  if (set.size() == ways_) {
    const auto at = set.begin() + static_cast<std::ptrdiff_t>(victim(set));
    left = *at;
    set.erase(at);
  }
  set.insert(set.begin(), line);
  return left;
}

/// The last of the set, or one drawn, that is not on its way.
std::size_t Tags::victim(const std::vector<Line>& set) {
  std::size_t at = set.size() - 1;
  if (replacement_ == Replacement::random) {
    random_ = random_ * 6364136223846793005 + 1442695040888963407;  // Knuth, MMIX
    at = (random_ >> 33) % set.size();
  }
  while (set[at].coming) at = (at + set.size() - 1) % set.size();
  return at;
}

}  // namespace npulse::arch
