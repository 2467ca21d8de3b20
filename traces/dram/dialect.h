// SPDX-License-Identifier: Apache-2.0
// The line formats of DRAM traces. In all of them empty lines and lines that begin with # are
// skipped.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "sim/core/enum_names.h"

namespace npulse::traces {

///   native     SOURCE R|W 0xADDRESS [BYTES] [@CYCLE]
///   stl        CYCLE: [(BYTES)] read|write 0xADDRESS [0xDATA]      DRAMSys, times from the start
///   rstl       the same, times since the line before               DRAMSys
///   ramulator  LD|ST ADDRESS                                       hexadecimal with 0x, or decimal
///   dramsim3   0xADDRESS READ|WRITE CYCLE
///   simpleo3   BUBBLES LOAD [STORE]          Ramulator 2's SimpleO3, addresses in decimal
enum class Dialect : std::uint8_t { native, stl, rstl, ramulator, dramsim3, simpleo3 };
std::span<const EnumName<Dialect>> enum_names(Dialect);

/// What a line of the dialect looks like.
std::string_view syntax(Dialect dialect);

/// Whether every sequence of accesses can be written in it. Not in simpleo3, whose stores come
/// behind loads only.
constexpr bool can_be_written(Dialect dialect) {
  return dialect != Dialect::simpleo3;
}

/// By the ending .stl or .rstl, with or without .gz behind it.
std::optional<Dialect> dialect_of_name(std::string_view path);

/// By the first line that is neither empty nor a comment: a first word LD or ST is ramulator, one
/// that begins with 0x dramsim3, one that ends in `:` stl; two decimal numbers first are simpleo3;
/// any other line is native.
Dialect dialect_of_line(std::string_view line);

}  // namespace npulse::traces
