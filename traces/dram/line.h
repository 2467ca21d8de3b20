// SPDX-License-Identifier: Apache-2.0
// One line of a trace, in and out.
#pragma once

#include <optional>
#include <string>
#include <variant>

#include "traces/dram/access.h"
#include "traces/dram/dialect.h"

namespace npulse::traces {

/// What is wrong with a line, and at which column.
struct LineFault {
  std::size_t column;
  std::string message;
};

/// True when the line holds no access: it is empty or a comment.
bool is_blank(std::string_view line);

struct LineAccesses {
  MemoryAccess first;
  std::optional<MemoryAccess> second{};  ///< The store of a simpleo3 line.
};

/// Reads a line that is not blank. A time of rstl is left as it stands: since the line before.
std::variant<LineAccesses, LineFault> parse_line(Dialect dialect, std::string_view line);

}  // namespace npulse::traces
