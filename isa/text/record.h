// SPDX-License-Identifier: Apache-2.0
// The fields of an operation or a declaration as text: unnamed ones first, then `name=value`.
#pragma once

#include <fmt/format.h>

#include <bitset>

#include "isa/fields.h"
#include "isa/text/values.h"

namespace npulse::isa::text {

using Seen = std::bitset<32>;  // by field id

template <class Op>
std::vector<std::string> names_of_fields() {
  std::vector<std::string> names;
  const auto field = [&](int, const char* name, auto, Role role, const char*) {
    if (role != Role::leading) names.emplace_back(name);
  };
  describe(field, Of<Op>{});
  return names;
}

/// Reads `name=value` into the field of that name.
template <class Op>
void parse_field(Cursor& in, std::size_t column, std::string_view given, Op& op, Seen& seen) {
  bool known = false;
  const auto field = [&](int id, const char* name, auto member, Role role, const char*) {
    if (known || role == Role::leading || given != name) return;
    known = true;
    if (seen.test(static_cast<std::size_t>(id)))
      in.fail_at(column, fmt::format("{} is given twice", name));
    seen.set(static_cast<std::size_t>(id));
    in.expect('=', name);
    parse(in, op.*member);
  };
  describe(field, Of<Op>{});
  if (!known) fail_unknown(in, column, "field", given, names_of_fields<Op>());
}

inline void expect_gap(Cursor& in) {
  const char c = in.peek();
  if (c != ' ' && c != '\t' && !in.at_end())
    in.fail(fmt::format("expected a blank, found {}", in.found()));
}

template <class Op>
void parse_leading(Cursor& in, Op& op) {
  const auto field = [&](int, const char* name, auto member, Role role, const char*) {
    if (role != Role::leading) return;
    if (in.at_end()) in.fail(fmt::format("{} is missing", name));
    parse(in, op.*member);
    expect_gap(in);
  };
  describe(field, Of<Op>{});
}

template <class Op>
void check_complete(const Cursor& in, std::size_t column, const Op&, const Seen& seen) {
  std::string missing;
  const auto field = [&](int id, const char* name, auto, Role role, const char*) {
    if (role != Role::required || seen.test(static_cast<std::size_t>(id))) return;
    missing += (missing.empty() ? "" : ", ") + std::string{name};
  };
  describe(field, Of<Op>{});
  if (!missing.empty()) in.fail_at(column, fmt::format("missing: {}", missing));
}

template <class Op>
void print_fields(std::string& out, const Op& op) {
  const auto field = [&](int, const char* name, auto member, Role role, const char*) {
    if (role == Role::leading) {
      out += ' ';
    } else if (role == Role::required || !is_default(op, member)) {
      out += fmt::format(" {}=", name);
    } else {
      return;
    }
    print(out, op.*member);
  };
  describe(field, Of<Op>{});
}

}  // namespace npulse::isa::text
