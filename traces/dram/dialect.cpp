// SPDX-License-Identifier: Apache-2.0
#include "traces/dram/dialect.h"

#include "sim/core/error.h"
#include "traces/dram/tokens.h"

namespace npulse::traces {

std::span<const EnumName<Dialect>> enum_names(Dialect) {
  using enum Dialect;
  static constexpr EnumName<Dialect> kNames[] = {{native, "native"},     {stl, "stl"},
                                                 {rstl, "rstl"},         {ramulator, "ramulator"},
                                                 {dramsim3, "dramsim3"}, {simpleo3, "simpleo3"}};
  return kNames;
}

std::string_view syntax(Dialect dialect) {
  switch (dialect) {
    case Dialect::native:
      return "SOURCE R|W 0xADDRESS [BYTES] [@CYCLE]";
    case Dialect::stl:
    case Dialect::rstl:
      return "CYCLE: [(BYTES)] read|write 0xADDRESS [0xDATA]";
    case Dialect::ramulator:
      return "LD|ST ADDRESS";
    case Dialect::dramsim3:
      return "0xADDRESS READ|WRITE CYCLE";
    case Dialect::simpleo3:
      return "BUBBLES LOAD_ADDRESS [STORE_ADDRESS]";
  }
  throw InternalError{"a trace dialect without syntax"};
}

std::optional<Dialect> dialect_of_name(std::string_view path) {
  if (path.ends_with(".gz")) path.remove_suffix(3);
  if (path.ends_with(".rstl")) return Dialect::rstl;
  if (path.ends_with(".stl")) return Dialect::stl;
  return std::nullopt;
}

Dialect dialect_of_line(std::string_view line) {
  Tokens tokens{line};
  const Token first = tokens.next();
  if (first.text == "LD" || first.text == "ST") return Dialect::ramulator;
  if (first.text.starts_with("0x")) return Dialect::dramsim3;
  if (first.text.ends_with(':')) return Dialect::stl;
  if (decimal(first.text) && decimal(tokens.next().text)) return Dialect::simpleo3;
  return Dialect::native;
}

}  // namespace npulse::traces
