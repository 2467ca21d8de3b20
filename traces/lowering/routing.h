// SPDX-License-Identifier: Apache-2.0
// The tokens of one layer sorted by the experts that they visit.
#pragma once

#include "traces/lowering/expert_choice.h"
#include "traces/lowering/model.h"

namespace npulse::lowering {

/// A token at an expert, which is its rank-th pick.
struct Seat {
  std::int64_t token = 0, rank = 0;
};

/// An expert and those who visit it, by token.
struct Visit {
  std::int64_t expert = 0;
  std::int64_t before = 0;  ///< Seats of the experts before it.
  std::vector<Seat> seats;

  std::int64_t count() const { return static_cast<std::int64_t>(seats.size()); }
  /// Whether the tokens lie side by side.
  bool adjacent() const { return seats.back().token - seats.front().token + 1 == count(); }
};

/// Only experts that someone visits, in ascending order.
using Routing = std::vector<Visit>;

/// Experts that `tokens` tokens hit on average if each picks evenly and independently:
/// count * (1 - (1 - per_token / count) ^ tokens).
double expected_experts(const Experts& experts, std::int64_t tokens);

/// `layer` counts from the model's first.
Routing route(const Experts& experts, const ExpertChoice& choice, std::int64_t layer,
              std::int64_t tokens);

/// Throws InputError unless a given choice has what `tokens` tokens of the routed layers
/// [first, last) need.
void check_choice(const Experts& experts, const ExpertChoice& choice, std::int64_t first,
                  std::int64_t last, std::int64_t tokens);

}  // namespace npulse::lowering
