// SPDX-License-Identifier: Apache-2.0
#include "traces/importers/scalesim_rows.h"

#include <algorithm>

namespace npulse::importers::scalesim {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr std::string_view kBlanks = " \t\r\v\f";

char commonest_delimiter(std::string_view text) {
  const auto count = [&](char c) { return std::count(text.begin(), text.end(), c); };
  return std::max({',', '\t', ';'}, [&](char a, char b) { return count(a) < count(b); });
}

Cell trimmed(std::string_view text, std::size_t column) {
  const std::size_t begin = std::min(text.find_first_not_of(kBlanks), text.size());
  const std::size_t end = text.find_last_not_of(kBlanks) + 1;  // npos + 1 is 0
  return {text.substr(begin, std::max(begin, end) - begin), column + begin};
}

std::vector<Cell> cells_of(std::string_view line, char delimiter) {
  std::vector<Cell> cells;
  for (std::size_t at = 0;;) {
    const std::size_t end = std::min(line.find(delimiter, at), line.size());
    cells.push_back(trimmed(line.substr(at, end - at), at + 1));
    if (end == line.size()) return cells;
    at = end + 1;
  }
}

Row row_of(std::string_view line, std::uint32_t number, char delimiter) {
  Row row{number, cells_of(line, delimiter), false, 0, line.size() + 1};
  const std::string_view last = row.cells.back().text;
  row.closed = row.cells.size() > 1 && (last.empty() || last[0] == '#');  // a comment, as `,#dw`
  if (row.closed) row.cells.pop_back();
  while (!row.cells.empty() && row.cells.back().text.empty()) {
    row.cells.pop_back();
    ++row.empty_at_end;
  }
  return row;
}

}  // namespace

Rows split_rows(std::string_view text, bool any_delimiter) {
  Rows rows;
  rows.byte_order_mark = text.starts_with(kByteOrderMark);
  if (rows.byte_order_mark) text.remove_prefix(kByteOrderMark.size());
  if (any_delimiter) rows.delimiter = commonest_delimiter(text);
  for (std::uint32_t number = 1; !text.empty(); ++number) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    if (line.ends_with('\r')) line.remove_suffix(1);
    rows.rows.push_back(row_of(line, number, rows.delimiter));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return rows;
}

}  // namespace npulse::importers::scalesim
