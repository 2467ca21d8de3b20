// SPDX-License-Identifier: Apache-2.0
// Candidates with their estimated cost, of which the best or the best few are wanted.
#pragma once

#include <algorithm>
#include <cstdint>
#include <set>
#include <vector>

namespace npulse::lowering {

/// Costs nearer than estimates are right count as equal; then the fewest bytes win, for loads that
/// hide in the estimate sometimes do not, then the fewest pieces.
struct Estimate {
  double cost = 0, bytes = 0, pieces = 0;

  bool eases_more_than(const Estimate& other) const {
    return bytes != other.bytes ? bytes < other.bytes : pieces < other.pieces;
  }
};

template <class T>
class Ranking {
 public:
  enum class Keeps : std::uint8_t { best, all };
  explicit Ranking(Keeps keeps) : keeps_{keeps} {}

  /// Of equals the first stays ahead. Candidates of one `kind` differ in sizes only.
  void take(const Estimate& estimate, const T& candidate, std::int64_t kind) {
    if (found_.empty() || estimate.cost < least_) least_ = estimate.cost;
    if (keeps_ == Keeps::all || estimate.cost <= kEqual * least_)
      found_.push_back({estimate, kind, candidate});
  }

  bool empty() const { return found_.empty(); }

  /// At most so many, the best one first; then the best of each other kind that may be worth a
  /// look, then what is left, by cost.
  std::vector<T> first(std::size_t most) && {
    std::stable_sort(found_.begin(), found_.end(), [](const Entry& a, const Entry& b) {
      return a.estimate.cost < b.estimate.cost;
    });
    lead_with_the_easiest();
    std::vector<T> chosen, others;
    std::set<std::int64_t> kinds;
    for (const Entry& entry : found_) {
      const bool new_kind = entry.estimate.cost <= kWorthALook * least_;
      (new_kind && kinds.insert(entry.kind).second ? chosen : others).push_back(entry.candidate);
    }
    chosen.insert(chosen.end(), others.begin(), others.end());
    if (chosen.size() > most) chosen.resize(most, chosen.front());
    return chosen;
  }

 private:
  static constexpr double kEqual = 1.03;      ///< Estimates are off by more in the mean.
  static constexpr double kWorthALook = 1.5;  ///< Estimates are seldom off by more.

  struct Entry {
    Estimate estimate;
    std::int64_t kind;
    T candidate;
  };

  void lead_with_the_easiest() {
    const auto end = std::find_if(found_.begin(), found_.end(), [&](const Entry& entry) {
      return entry.estimate.cost > kEqual * least_;
    });
    const auto easiest = std::min_element(found_.begin(), end, [](const Entry& a, const Entry& b) {
      return a.estimate.eases_more_than(b.estimate);
    });
    if (easiest != end) std::rotate(found_.begin(), easiest, easiest + 1);
  }

  Keeps keeps_;
  double least_ = 0;
  std::vector<Entry> found_;
};

}  // namespace npulse::lowering
