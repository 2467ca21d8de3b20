// SPDX-License-Identifier: Apache-2.0
// Which experts a token visits. A program cannot depend on values, so that the choice is made
// before it is lowered.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <variant>
#include <vector>

namespace npulse::lowering {

/// As many different experts a layer as independent even choices of the tokens hit on average, all
/// with equally many tokens.
struct BalancedChoice {};

/// Every token draws its experts.
struct SeededChoice {
  std::uint64_t seed = 0;
};

/// By layer of the model and token: the experts, in the order of their scores.
using ChoiceTable = std::map<std::int64_t, std::vector<std::vector<std::int64_t>>>;

using ExpertChoice = std::variant<BalancedChoice, SeededChoice, ChoiceTable>;

/// Reads `balanced`, `seed:N` or the name of a JSON file {"LAYER": [[expert, ...], ...], ...} with
/// a list a token. Throws InputError.
ExpertChoice parse_expert_choice(const std::string& text);

/// `balanced`, `seed:N` or `given`.
std::string name_of(const ExpertChoice& choice);

}  // namespace npulse::lowering
