// SPDX-License-Identifier: Apache-2.0
// Numbers and quantities as people write them: `32 MiB`, `1.5 GHz`, `40 ns`, `961 pJ`.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "sim/core/units.h"

namespace npulse {

/// A suffix that a quantity may carry, and how many base units it stands for.
struct UnitSuffix {
  const char* name;
  double scale;
};

// For each quantity, smallest first; the one of scale 1 is the base unit of plain numbers.
std::span<const UnitSuffix> unit_suffixes(Cycles);
std::span<const UnitSuffix> unit_suffixes(Bytes);
std::span<const UnitSuffix> unit_suffixes(Picoseconds);
std::span<const UnitSuffix> unit_suffixes(Hertz);
std::span<const UnitSuffix> unit_suffixes(Picojoules);
std::span<const UnitSuffix> unit_suffixes(Milliwatts);

const char* base_unit(std::span<const UnitSuffix> suffixes);

// Each parser returns what is wrong with the text, or nothing after having set `out`. Integers are
// exact: decimal fractions are never rounded to fit.
std::string parse_text(std::string_view text, bool& out);
std::string parse_text(std::string_view text, std::int64_t& out);
std::string parse_text(std::string_view text, double& out);
std::string parse_quantity(std::string_view text, std::span<const UnitSuffix> suffixes,
                           std::int64_t& out);
std::string parse_quantity(std::string_view text, std::span<const UnitSuffix> suffixes,
                           double& out);

// Shortest text that the parsers read back as the same value; cycles, which have no larger unit,
// are plain numbers.
std::string number_text(std::int64_t value);
std::string number_text(double value);
std::string quantity_text(std::int64_t value, std::span<const UnitSuffix> suffixes);
std::string quantity_text(double value, std::span<const UnitSuffix> suffixes);

}  // namespace npulse
