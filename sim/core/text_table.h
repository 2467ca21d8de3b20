// SPDX-License-Identifier: Apache-2.0
// Aligned columns and scaled units for reports in a terminal.
#pragma once

#include <string>
#include <vector>

namespace npulse {

/// First column left, the others right-aligned, two spaces between; trailing blanks are cut.
class TextTable {
 public:
  explicit TextTable(std::vector<std::string> header) { rows_.push_back(std::move(header)); }
  void row(std::vector<std::string> cells) { rows_.push_back(std::move(cells)); }
  std::string text(const std::string& indent = "  ") const;

 private:
  std::vector<std::vector<std::string>> rows_;
};

/// Four significant digits with an SI prefix: scaled(1.5e12, "B/s") is `1.500 TB/s`.
std::string scaled(double value, const std::string& unit);

/// `12.3 %` of a share of one.
std::string percent(double share);

}  // namespace npulse
