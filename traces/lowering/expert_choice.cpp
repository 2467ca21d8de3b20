// SPDX-License-Identifier: Apache-2.0
#include "traces/lowering/expert_choice.h"

#include <fmt/format.h>

#include <charconv>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>

#include "sim/core/error.h"
#include "sim/core/file_text.h"

namespace npulse::lowering {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view kSeed = "seed:";
constexpr const char* kForm = R"(write {"LAYER": [[expert, ...], ...], ...} with a list a token)";

template <class T>
std::optional<T> whole_number(std::string_view text) {
  T value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::vector<std::int64_t> read_experts(const Json& json, const std::string& where) {
  if (!json.is_array()) throw InputError{where, "is not a list of experts", kForm};
  std::vector<std::int64_t> experts;
  for (const Json& expert : json) {
    if (!expert.is_number_unsigned() && !expert.is_number_integer())
      throw InputError{where, expert.dump() + " is not the number of an expert", kForm};
    experts.push_back(expert.get<std::int64_t>());
  }
  return experts;
}

ChoiceTable read_table(const Json& json, const std::string& file) {
  if (!json.is_object()) throw InputError{file, "is not a JSON object", kForm};
  ChoiceTable table;
  for (const auto& [key, tokens] : json.items()) {
    const auto layer = whole_number<std::int64_t>(key);
    if (!layer) throw InputError{file, "'" + key + "' is not the number of a layer", kForm};
    if (!tokens.is_array()) throw InputError{file + ": " + key, "is not a list of tokens", kForm};
    for (std::size_t i = 0; i < tokens.size(); ++i) {
      table[*layer].push_back(read_experts(tokens[i], fmt::format("{}: {}[{}]", file, key, i)));
    }
  }
  return table;
}

}  // namespace

ExpertChoice parse_expert_choice(const std::string& text) {
  if (text == "balanced") return BalancedChoice{};
  if (text.rfind(kSeed, 0) == 0) {
    const auto seed = whole_number<std::uint64_t>(std::string_view{text}.substr(kSeed.size()));
    if (!seed) throw InputError{"experts", "'" + text + "' has no whole number after 'seed:'"};
    return SeededChoice{*seed};
  }
  if (!std::filesystem::is_regular_file(text)) {
    throw InputError{"experts", "'" + text + "' is neither 'balanced', 'seed:N' nor a file",
                     "check the path and its permissions"};
  }
  try {
    return read_table(Json::parse(read_whole(text)), text);
  } catch (const nlohmann::json::exception& error) {
    throw InputError{text, error.what(), kForm};
  }
}

std::string name_of(const ExpertChoice& choice) {
  if (const auto* seeded = std::get_if<SeededChoice>(&choice))
    return std::string{kSeed} + std::to_string(seeded->seed);
  return std::holds_alternative<BalancedChoice>(choice) ? "balanced" : "given";
}

}  // namespace npulse::lowering
