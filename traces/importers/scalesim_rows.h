// SPDX-License-Identifier: Apache-2.0
// The cells of a topology file, wherever its delimiters, marks and line ends come from.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace npulse::importers::scalesim {

struct Cell {
  std::string_view text;   ///< Without the blanks around it.
  std::size_t column = 1;  ///< Counted from 1, in bytes.
};

struct Row {
  std::uint32_t line = 1;
  std::vector<Cell> cells;       ///< Empty: an empty line. Without what follows the last comma.
  bool closed = false;           ///< The last cell is followed by a delimiter.
  std::size_t empty_at_end = 0;  ///< Further empty cells that were cut off.
  std::size_t end_column = 1;

  bool blank() const { return cells.empty(); }
};

struct Rows {
  bool byte_order_mark = false;
  char delimiter = ',';
  std::vector<Row> rows;  ///< Their texts are parts of the text that was split.
};

/// Splits at commas, or, where there are more of those and `any_delimiter`, at tabs or semicolons.
Rows split_rows(std::string_view text, bool any_delimiter);

}  // namespace npulse::importers::scalesim
