// SPDX-License-Identifier: Apache-2.0
#include "isa/reference.h"

#include <fmt/format.h>

#include "isa/fields.h"
#include "isa/text/values.h"

namespace npulse::isa {
namespace {

template <class T>
struct Kind {
  static std::string text() {
    if constexpr (NamedEnum<T>) {
      return "one of " + join(all_names<T>());
    } else if constexpr (std::is_same_v<T, bool>) {
      return "true, false";
    } else if constexpr (std::is_same_v<T, double>) {
      return "number";
    } else if constexpr (std::is_same_v<T, std::uint64_t>) {
      return "mask";
    } else if constexpr (std::is_integral_v<T>) {
      return "whole number";
    } else if constexpr (std::is_same_v<T, std::string>) {
      return "text";
    } else if constexpr (std::is_same_v<T, Extents>) {
      return "list";
    } else if constexpr (std::is_same_v<T, Operand>) {
      return "place";
    } else {
      return "entry";  // of a directive; docs/isa.md shows its form
    }
  }
};
template <class T>
struct Kind<std::optional<T>> : Kind<T> {};

template <class T>
std::string default_text(const T& value) {
  std::string text;
  if constexpr (requires { text::print(text, value); }) text::print(text, value);
  return text.empty() || text == "[]" || text == "\"\"" ? "absent" : text;
}

template <class Record>
std::string table(const char* title) {
  std::string rows;
  const auto field = [&](int id, const char* name, auto member, Role role, const char* doc) {
    using T = std::decay_t<decltype(default_of<Record>().*member)>;
    const std::string standing = role == Role::optional ? default_text(default_of<Record>().*member)
                                 : role == Role::required ? "required"
                                                          : "required, unnamed";
    rows += fmt::format("| {} | `{}` | {} | {} | {} |\n", id, name, Kind<T>::text(), standing, doc);
  };
  describe(field, Of<Record>{});
  if (rows.empty()) return fmt::format("\n## {}\n\nNo fields.\n", title);
  return fmt::format(
      "\n## {}\n\n| id | field | value | default | meaning |\n|---|---|---|---|---|\n{}", title,
      rows);
}

template <std::size_t... I>
std::string tables(std::index_sequence<I...>) {
  return (table<std::variant_alternative_t<I, Operation>>(to_string(static_cast<Opcode>(I))) + ...);
}

}  // namespace

std::string reference_markdown() {
  return "# Fields of instructions\n\n"
         "Generated from isa/fields.h. [isa.md](isa.md) says what they mean together. `id` is the "
         "field's\n"
         "number in binary programs.\n" +
         table<ProgramHeader>("Directives") + table<TensorDecl>(".tensor") +
         tables(std::make_index_sequence<std::variant_size_v<Operation>>{});
}

}  // namespace npulse::isa
