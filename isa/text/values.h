// SPDX-License-Identifier: Apache-2.0
// How each type of field is written and read as text: print() and parse() are inverse.
#pragma once

#include "isa/program.h"
#include "isa/text/cursor.h"
#include "sim/core/error.h"

namespace npulse::isa::text {

void print(std::string& out, std::int64_t value);
void print(std::string& out, std::uint64_t value);  ///< Hexadecimal: a mask.
void print(std::string& out, std::uint32_t value);
void print(std::string& out, std::uint16_t value);
void print(std::string& out, std::uint8_t value);
void print(std::string& out, bool value);
void print(std::string& out, double value);  ///< Shortest that reads back as the same.
void print(std::string& out, const std::string& value);
void print(std::string& out, const Extents& value);
void print(std::string& out, const Operand& value);
void print_steps(std::string& out, const LoopSteps& steps, bool hexadecimal);

void parse(Cursor& in, std::int64_t& value);
void parse(Cursor& in, std::uint64_t& value);
void parse(Cursor& in, std::uint32_t& value);
void parse(Cursor& in, std::uint16_t& value);
void parse(Cursor& in, std::uint8_t& value);
void parse(Cursor& in, bool& value);
void parse(Cursor& in, double& value);
void parse(Cursor& in, std::string& value);
void parse(Cursor& in, Extents& value);
void parse(Cursor& in, Operand& value);
void parse_steps(Cursor& in, LoopSteps& steps);

/// Fails at `column`: `given` is none of `names`.
[[noreturn]] void fail_unknown(const Cursor& in, std::size_t column, const char* what,
                               std::string_view given, const std::vector<std::string>& names);

template <NamedEnum E>
void print(std::string& out, E value) {
  out += to_string(value);
}

template <NamedEnum E>
void parse(Cursor& in, E& value) {
  const std::size_t column = in.column();
  const std::string_view word = in.word();
  const auto known = parse_enum<E>(word);
  if (!known) fail_unknown(in, column, "value", word, all_names<E>());
  value = *known;
}

template <class T>
void print(std::string& out, const std::optional<T>& value) {
  if (value) print(out, *value);
}

template <class T>
void parse(Cursor& in, std::optional<T>& value) {
  parse(in, value.emplace());
}

}  // namespace npulse::isa::text
