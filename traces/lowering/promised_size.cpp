// SPDX-License-Identifier: Apache-2.0
#include "traces/lowering/promised_size.h"

#include <fmt/format.h>

#include <cmath>
#include <regex>

namespace npulse::lowering {
namespace {

constexpr double kExpectedTolerance = 0.05;
constexpr double kNameTolerance = 0.25;

double parameters_of(const std::ssub_match& number, const std::ssub_match& unit) {
  const bool billions = unit.str() == "b" || unit.str() == "B";
  return std::stod(number.str()) * (billions ? 1e9 : 1e6);
}

}  // namespace

double parse_parameters(const std::string& text) {
  static const std::regex kNumber{"([0-9]{1,6}(?:\\.[0-9]{1,6})?)([bBmM])"};
  std::smatch match;
  if (std::regex_match(text, match, kNumber)) return parameters_of(match[1], match[2]);
  throw InputError{"expect", "'" + text + "' is not a number of parameters",
                   "write 8B, 7.62B or 500M"};
}

std::optional<double> parameters_in_name(const std::string& name) {
  static const std::regex kNumber{
      "(?:^|[^a-zA-Z0-9.])([0-9]{1,6}(?:\\.[0-9]{1,6})?)([bBmM])(?![a-zA-Z0-9])"};
  std::smatch match;
  if (!std::regex_search(name, match, kNumber)) return std::nullopt;
  return parameters_of(match[1], match[2]);
}

std::optional<Diagnostic> check_promised_size(const Transformer& model,
                                              std::optional<double> expected) {
  const std::optional<double> promised = expected ? expected : parameters_in_name(model.name);
  const auto actual = static_cast<double>(model.parameters());
  const double tolerance = expected ? kExpectedTolerance : kNameTolerance;
  if (!promised || std::abs(actual - *promised) <= tolerance * *promised) return std::nullopt;
  return Diagnostic{model.name,
                    fmt::format("has {:.3g} B parameters by its config; {} {:.3g} B", actual / 1e9,
                                expected ? "expected were" : "its name says", *promised / 1e9),
                    "check head_dim, the number of layers and experts, and tie_word_embeddings"};
}

}  // namespace npulse::lowering
