// SPDX-License-Identifier: Apache-2.0
#include "sim/core/error.h"

#include <algorithm>
#include <numeric>

namespace npulse {
namespace {

constexpr std::size_t kMaxFaultsShown = 20;  // one screen

std::string all_faults(const std::vector<Diagnostic>& faults) {
  std::string text;
  for (std::size_t i = 0; i < std::min(faults.size(), kMaxFaultsShown); ++i) {
    text += (i ? "\n" : "") + faults[i].text();
  }
  if (faults.size() > kMaxFaultsShown) {
    text += "\n... and " + std::to_string(faults.size() - kMaxFaultsShown) + " more";
  }
  return text;
}

/// Damerau-Levenshtein distance (optimal string alignment).
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before(b.size() + 1), previous(b.size() + 1), current(b.size() + 1);
  std::iota(previous.begin(), previous.end(), 0);
  for (std::size_t i = 1; i <= a.size(); ++i) {
    current[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t substitute = previous[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      current[j] = std::min({previous[j] + 1, current[j - 1] + 1, substitute});
      const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) current[j] = std::min(current[j], before[j - 2] + 1);
    }
    before.swap(previous);
    previous.swap(current);
  }
  return previous[b.size()];
}

}  // namespace

std::string Diagnostic::text() const {
  return (where.empty() ? "" : where + ": ") + message + (hint.empty() ? "" : "; " + hint);
}

InputError::InputError(std::vector<Diagnostic> faults)
    : Error{all_faults(faults), 2}, faults_{std::move(faults)} {}

std::optional<std::string> nearest_name(std::string_view given,
                                        std::span<const std::string> candidates) {
  const std::size_t limit = std::max<std::size_t>(2, given.size() / 3);
  std::optional<std::string> best;
  std::size_t best_distance = limit + 1;
  for (const auto& candidate : candidates) {
    const std::size_t distance = edit_distance(given, candidate);
    if (distance < best_distance && distance < candidate.size()) {
      best_distance = distance;
      best = candidate;
    }
  }
  return best;
}

std::string did_you_mean(std::string_view given, std::span<const std::string> candidates) {
  const auto name = nearest_name(given, candidates);
  return name ? "did you mean '" + *name + "'?" : "";
}

std::string join(std::span<const std::string> words) {
  std::string text;
  for (const auto& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

}  // namespace npulse
