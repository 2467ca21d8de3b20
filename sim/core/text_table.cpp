// SPDX-License-Identifier: Apache-2.0
#include "sim/core/text_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace npulse {
namespace {

std::vector<std::size_t> column_widths(const std::vector<std::vector<std::string>>& rows) {
  std::vector<std::size_t> widths;
  for (const auto& row : rows) {
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  return widths;
}

struct Prefix {
  double scale;
  const char* name;
};
constexpr Prefix kPrefixes[] = {{1e15, "P"}, {1e12, "T"}, {1e9, "G"}, {1e6, "M"},  {1e3, "k"},
                                {1, ""},     {1e-3, "m"}, {1e-6, "u"}, {1e-9, "n"}, {1e-12, "p"}};

}  // namespace

std::string TextTable::text(const std::string& indent) const {
  const auto widths = column_widths(rows_);
  std::string text;
  for (const auto& row : rows_) {
    std::string line = indent;
    for (std::size_t i = 0; i < row.size(); ++i) {
      line += i == 0 ? fmt::format("{:<{}}", row[i], widths[i]) : fmt::format("  {:>{}}", row[i], widths[i]);
    }
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + "\n";
  }
  return text;
}

std::string scaled(double value, const std::string& unit) {
  if (value == 0) return "0 " + unit;
  const auto* prefix = std::find_if(std::begin(kPrefixes), std::end(kPrefixes),
                                    [&](const Prefix& p) { return std::abs(value) >= p.scale; });
  if (prefix == std::end(kPrefixes)) --prefix;
  const double mantissa = value / prefix->scale;
  const int decimals = std::abs(mantissa) >= 100 ? 1 : std::abs(mantissa) >= 10 ? 2 : 3;
  return fmt::format("{:.{}f} {}{}", mantissa, decimals, prefix->name, unit);
}

std::string percent(double share) { return fmt::format("{:.1f} %", share * 100); }

}  // namespace npulse
