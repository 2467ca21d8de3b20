// SPDX-License-Identifier: Apache-2.0
// Enumerations that appear in YAML, programs and reports are spelled once, in a table beside them.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace npulse {

template <class E>
struct EnumName {
  E value;
  const char* name;
};

// For each such enum E, `std::span<const EnumName<E>> enum_names(E)` is found by ADL.
template <class E>
concept NamedEnum = requires(E e) { enum_names(e); };

template <NamedEnum E>
const char* to_string(E value) {
  for (const auto& entry : enum_names(E{})) {
    if (entry.value == value) return entry.name;
  }
  return "?";
}

template <NamedEnum E>
std::optional<E> parse_enum(std::string_view name) {
  for (const auto& entry : enum_names(E{})) {
    if (name == entry.name) return entry.value;
  }
  return std::nullopt;
}

template <NamedEnum E>
std::vector<std::string> all_names() {
  std::vector<std::string> names;
  for (const auto& entry : enum_names(E{})) names.emplace_back(entry.name);
  return names;
}

}  // namespace npulse
