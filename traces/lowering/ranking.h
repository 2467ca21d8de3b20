// SPDX-License-Identifier: Apache-2.0
// Candidates with their estimated cost, of which the best or the best few are wanted.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <set>
#include <vector>

namespace npulse::lowering {

template <class T>
class Ranking {
 public:
  enum class Keeps : std::uint8_t { best, all };
  explicit Ranking(Keeps keeps) : keeps_{keeps} {}

  /// Of equals the first stays ahead. Candidates of one `kind` differ in sizes only.
  void take(double cost, const T& candidate, std::int64_t kind) {
    if (keeps_ == Keeps::best && !found_.empty()) {
      if (cost < found_.front().cost) found_.front() = {cost, kind, candidate};
    } else {
      found_.push_back({cost, kind, candidate});
    }
  }

  /// At most so many, the best one first; then the best of each other kind that may be worth a
  /// look, then what is left, by cost.
  std::vector<T> first(std::size_t most) && {
    std::stable_sort(found_.begin(), found_.end(),
                     [](const Entry& a, const Entry& b) { return a.cost < b.cost; });
    std::vector<T> chosen, others;
    std::set<std::int64_t> kinds;
    for (const Entry& entry : found_) {
      const bool new_kind = entry.cost <= kWorthALook * found_.front().cost;
      (new_kind && kinds.insert(entry.kind).second ? chosen : others).push_back(entry.candidate);
    }
    chosen.insert(chosen.end(), others.begin(), others.end());
    if (chosen.size() > most) chosen.resize(most, chosen.front());
    return chosen;
  }

 private:
  static constexpr double kWorthALook = 1.5;  ///< Estimates are seldom off by more.

  struct Entry {
    double cost;
    std::int64_t kind;
    T candidate;
  };
  Keeps keeps_;
  std::vector<Entry> found_;
};

}  // namespace npulse::lowering
