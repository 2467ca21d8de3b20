// SPDX-License-Identifier: Apache-2.0
// Two JSON reports of the same kind side by side: of two runs, or of two replays of a DRAM trace.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace npulse::arch {

struct ComparedFigure {
  using Value = std::variant<std::string, double>;

  std::string label, path, unit;
  Value a, b;

  /// Of the second to the first, where both are numbers and the first is not 0.
  std::optional<double> ratio() const;
};

struct Comparison {
  std::string kind;  ///< `run` or `dram`.
  std::vector<ComparedFigure> figures;
};

/// Throws InputError when a figure is missing, or when one is a run's and the other a replay's.
Comparison compare(const nlohmann::ordered_json& a, const nlohmann::ordered_json& b);

std::string to_text(const Comparison& comparison);
nlohmann::ordered_json to_json(const Comparison& comparison);

}  // namespace npulse::arch
