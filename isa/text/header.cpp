// SPDX-License-Identifier: Apache-2.0
#include "isa/text/header.h"

#include <fmt/format.h>

#include <limits>

#include "isa/limits.h"
#include "isa/rules/rules.h"
#include "isa/text/record.h"

namespace npulse::isa::text {
namespace {

constexpr const char* kVersionDirective = "npu";

void gap(Cursor& in, const char* what) {
  if (in.at_end()) in.fail(fmt::format("{} is missing", what));
}

std::string name(Cursor& in) {
  gap(in, "a name");
  const std::size_t column = in.column();
  std::string word{in.word()};
  if (!is_name(word)) {
    in.fail_at(column, fmt::format("'{}' is no name", printable(word)),
               "a name is a letter or '_', then letters, digits, '_' or '.'");
  }
  return word;
}

/// A bare word or a text in quotes.
void parse_entry(Cursor& in, std::string& value) {
  gap(in, "a value");
  value = in.peek() == '"' ? in.quoted() : std::string{in.word()};
}

template <class T>
void parse_entry(Cursor& in, T& value) {
  gap(in, "a value");
  parse(in, value);
}

void parse_entry(Cursor& in, std::vector<std::string>& list) {
  list.push_back(name(in));
}

void parse_entry(Cursor& in, std::vector<QueueDecl>& list) {
  QueueDecl queue{name(in), {}};
  gap(in, "the queue's kind");
  parse(in, queue.kind);
  list.push_back(queue);
}

void parse_entry(Cursor& in, std::vector<EventDecl>& list) {
  EventDecl event{name(in), {}};
  if (!in.at_end()) parse(in, event.scope);
  list.push_back(event);
}

void parse_entry(Cursor& in, std::vector<TensorDecl>& list) {
  const std::size_t column = in.column();
  TensorDecl tensor;
  tensor.name = name(in);
  Seen seen;
  parse_leading(in, tensor);
  while (!in.at_end()) {
    const std::size_t begin = in.column();
    parse_field(in, begin, in.name(), tensor, seen);
    expect_gap(in);
  }
  check_complete(in, column, tensor, seen);
  list.push_back(std::move(tensor));
}

void parse_entry(Cursor& in, std::map<std::string, std::string>& map) {
  const std::string key = name(in);
  gap(in, "the text");
  map[key] = in.quoted();
}

template <class T>
constexpr bool kIsList = requires(const T& value) {
  value.begin();
}
&&!std::is_same_v<T, std::string>;

void print_entry(std::string& out, const QueueDecl& queue) {
  out += fmt::format("{} {}", queue.name, to_string(queue.kind));
}
void print_entry(std::string& out, const EventDecl& event) {
  out += fmt::format("{} {}", event.name, to_string(event.scope));
}
void print_entry(std::string& out, const TensorDecl& tensor) {
  out += tensor.name;
  print_fields(out, tensor);
}
void print_entry(std::string& out, const std::pair<const std::string, std::string>& fact) {
  out += fact.first + ' ';
  print(out, fact.second);
}
void print_entry(std::string& out, const std::string& value) {
  const bool bare = !value.empty() && Cursor{value}.word() == value;
  bare ? void(out += value) : print(out, value);
}
template <class T>
void print_entry(std::string& out, const T& value) {
  print(out, value);
}

template <class T>
void print_directive(std::string& out, const char* name, const T& value) {
  out += fmt::format(".{} ", name);
  print_entry(out, value);
  out += '\n';
}

}  // namespace

void parse_version(Cursor& in, ProgramHeader& header) {
  gap(in, "the version");
  const std::size_t column = in.column();
  parse(in, header.major);
  in.expect('.', "the major version");
  parse(in, header.minor);
  if (header.major != kMajorVersion) {
    in.fail_at(column, fmt::format("version {}.{}", header.major, header.minor),
               fmt::format("this npulse reads {}.x", kMajorVersion));
  }
}

void parse_directive(Cursor& in, std::string_view given, std::size_t column,
                     ProgramHeader& header) {
  bool known = false;
  std::vector<std::string> names;
  const auto field = [&](int, const char* name, auto member, Role, const char*) {
    names.emplace_back(name);
    if (known || given != name) return;
    known = true;
    if constexpr (kIsList<std::decay_t<decltype(header.*member)>>) {
      const std::size_t most = max_entries(header.*member);
      if ((header.*member).size() >= most) in.fail_at(column, fmt::format("over {} of them", most));
    }
    parse_entry(in, header.*member);
  };
  describe(field, Of<ProgramHeader>{});
  if (!known) fail_unknown(in, column, "directive", given, names);
}

std::string print_header(const ProgramHeader& header) {
  std::string out = fmt::format(".{} {}.{}\n", kVersionDirective, kMajorVersion, kMinorVersion);
  const auto field = [&](int, const char* name, auto member, Role, const char*) {
    const auto& value = header.*member;
    if constexpr (kIsList<std::decay_t<decltype(value)>>) {
      for (const auto& entry : value) print_directive(out, name, entry);
    } else {
      if (!is_default(header, member)) print_directive(out, name, value);
    }
  };
  describe(field, Of<ProgramHeader>{});
  return out;
}

}  // namespace npulse::isa::text
