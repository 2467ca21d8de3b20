// SPDX-License-Identifier: Apache-2.0
// What makes a file another dialect than SCALE-Sim's own: counted for one warning, or refused.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "sim/core/error.h"

namespace npulse::importers::scalesim {

enum class Repair : std::uint8_t {
  byte_order_mark,
  delimiter,
  last_comma,
  empty_cells,
  blank_row,
  title_row,
  no_header,
  batch_column,
  mnpusim_columns,
};
inline constexpr std::size_t kRepairs = 9;

class Repairs {
 public:
  Repairs(std::string file, bool strict, Faults& faults)
      : file_{std::move(file)}, strict_{strict}, faults_{faults} {}

  /// Counts one, or when strict makes it a fault.
  void add(Repair repair, std::uint32_t line, std::size_t column);

  /// One warning for the whole file; nothing when it is SCALE-Sim's own dialect.
  std::optional<Diagnostic> warning() const;

 private:
  struct Count {
    std::int64_t times = 0;
    std::uint32_t first_line = 0;
  };

  std::string file_;
  bool strict_;
  Faults& faults_;
  std::array<Count, kRepairs> counts_{};
};

}  // namespace npulse::importers::scalesim
