// SPDX-License-Identifier: Apache-2.0
#include "traces/lowering/routing.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <random>

#include "sim/core/error.h"

namespace npulse::lowering {
namespace {

using Picks = std::vector<std::vector<std::int64_t>>;  ///< By token.

/// By squaring, so that all machines agree.
double power(double base, std::int64_t exponent) {
  double result = 1;
  for (; exponent > 0; exponent /= 2, base *= base) {
    if (exponent % 2 == 1) result *= base;
  }
  return result;
}

/// Whole numbers whose sum over layers follows that of the expectation.
std::int64_t distinct_experts(const Experts& experts, std::int64_t layer, std::int64_t tokens) {
  const double expected = expected_experts(experts, tokens);
  const auto up_to = [&](std::int64_t layers) {
    return static_cast<std::int64_t>(static_cast<double>(layers) * expected + 0.5);
  };
  return std::clamp(up_to(layer + 1) - up_to(layer), experts.per_token,
                    std::min(experts.count, experts.per_token * tokens));
}

/// Seats are dealt in turn to experts spread over all there are, beginning elsewhere in each layer.
Picks pick(const Experts& experts, const BalancedChoice&, std::int64_t layer, std::int64_t tokens) {
  const std::int64_t distinct = distinct_experts(experts, layer, tokens);
  Picks picks(static_cast<std::size_t>(tokens));
  for (std::int64_t seat = 0; seat < tokens * experts.per_token; ++seat) {
    const std::int64_t dealt = seat % distinct * experts.count / distinct;
    picks[static_cast<std::size_t>(seat / experts.per_token)].push_back((layer + dealt) %
                                                                        experts.count);
  }
  return picks;
}

Picks pick(const Experts& experts, const SeededChoice& choice, std::int64_t layer,
           std::int64_t tokens) {
  std::seed_seq seeds{choice.seed & 0xffffffff, choice.seed >> 32,
                      static_cast<std::uint64_t>(layer)};
  std::mt19937_64 random{seeds};
  std::vector<std::int64_t> deck(static_cast<std::size_t>(experts.count));
  std::iota(deck.begin(), deck.end(), 0);
  Picks picks;
  for (std::int64_t token = 0; token < tokens; ++token) {
    for (std::size_t i = 0; i < static_cast<std::size_t>(experts.per_token); ++i) {
      std::swap(deck[i], deck[i + random() % (deck.size() - i)]);
    }
    picks.emplace_back(deck.begin(), deck.begin() + experts.per_token);
  }
  return picks;
}

Picks pick(const Experts&, const ChoiceTable& table, std::int64_t layer, std::int64_t tokens) {
  Picks picks = table.at(layer);
  picks.resize(static_cast<std::size_t>(tokens));
  return picks;
}

void check_token(const Experts& experts, const std::vector<std::int64_t>& picks,
                 const std::string& where) {
  std::vector<std::int64_t> sorted = picks;
  std::sort(sorted.begin(), sorted.end());
  const bool in_range = sorted.empty() || (sorted.front() >= 0 && sorted.back() < experts.count);
  const bool distinct = std::adjacent_find(sorted.begin(), sorted.end()) == sorted.end();
  const bool enough = static_cast<std::int64_t>(picks.size()) == experts.per_token;
  if (in_range && distinct && enough) return;
  throw InputError{where, fmt::format("must be {} different experts from 0 to {}",
                                      experts.per_token, experts.count - 1)};
}

}  // namespace

double expected_experts(const Experts& experts, std::int64_t tokens) {
  const auto count = static_cast<double>(experts.count);
  return count * (1 - power(1 - static_cast<double>(experts.per_token) / count, tokens));
}

Routing route(const Experts& experts, const ExpertChoice& choice, std::int64_t layer,
              std::int64_t tokens) {
  const Picks picks =
      std::visit([&](const auto& c) { return pick(experts, c, layer, tokens); }, choice);
  std::vector<Visit> all(static_cast<std::size_t>(experts.count));
  for (std::int64_t token = 0; token < tokens; ++token) {
    const auto& mine = picks[static_cast<std::size_t>(token)];
    for (std::size_t rank = 0; rank < mine.size(); ++rank) {
      all[static_cast<std::size_t>(mine[rank])].seats.push_back(
          {token, static_cast<std::int64_t>(rank)});
    }
  }
  Routing routing;
  std::int64_t before = 0;
  for (std::size_t expert = 0; expert < all.size(); ++expert) {
    if (all[expert].seats.empty()) continue;
    routing.push_back({static_cast<std::int64_t>(expert), before, std::move(all[expert].seats)});
    before += routing.back().count();
  }
  return routing;
}

void check_choice(const Experts& experts, const ExpertChoice& choice, std::int64_t first,
                  std::int64_t last, std::int64_t tokens) {
  const auto* table = std::get_if<ChoiceTable>(&choice);
  for (std::int64_t layer = first; table && layer < last; ++layer) {
    if (!experts.routed[static_cast<std::size_t>(layer)]) continue;
    const auto found = table->find(layer);
    const std::int64_t given =
        found == table->end() ? 0 : static_cast<std::int64_t>(found->second.size());
    if (given < tokens) {
      throw InputError{"experts", fmt::format("layer {} has choices for {} tokens; {} are lowered",
                                              layer, given, tokens)};
    }
    for (std::int64_t token = 0; token < tokens; ++token) {
      check_token(experts, found->second[static_cast<std::size_t>(token)],
                  fmt::format("experts: layer {}, token {}", layer, token));
    }
  }
}

}  // namespace npulse::lowering
