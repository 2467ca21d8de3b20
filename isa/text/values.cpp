// SPDX-License-Identifier: Apache-2.0
#include "isa/text/values.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "isa/limits.h"

namespace npulse::isa::text {
namespace {

template <class T>
void parse_unsigned(Cursor& in, T& value) {
  value = static_cast<T>(in.unsigned_number(std::numeric_limits<T>::max()));
}

/// The magnitude of a signed number, also of the smallest.
std::uint64_t magnitude(std::int64_t value) {
  return value < 0 ? ~static_cast<std::uint64_t>(value) + 1 : static_cast<std::uint64_t>(value);
}

void print_string(std::string& out, const std::string& value) {
  out += '"';
  for (const char c : value) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += {'\\', c};
    } else if (byte < ' ' || byte == 0x7f) {
      out += fmt::format("\\x{:02x}", byte);
    } else {
      out += c;
    }
  }
  out += '"';
}

LoopStep parse_step(Cursor& in) {
  LoopStep step;
  const bool negative = in.take('-');
  if (!negative) in.expect('+', "'(' of a loop step");
  const std::size_t column = in.column();
  const std::uint64_t size = in.unsigned_number(std::uint64_t{1} << 63);
  if (!negative && size >> 63)
    in.fail_at(column, "the step is too large", "allowed: -2^63 to 2^63 - 1");
  step.stride = static_cast<std::int64_t>(negative ? ~size + 1 : size);
  if (in.take('%')) parse(in, step.modulo);
  return step;
}

constexpr std::size_t kMaxNamesListed = 24;
constexpr std::size_t kMaxNamesCompared = 256;

std::string alternatives(const std::vector<std::string>& names) {
  if (names.empty()) return "none is declared";
  const std::size_t shown = std::min(names.size(), kMaxNamesListed);
  return "allowed are " + join(std::span{names}.first(shown)) +
         (shown < names.size() ? ", ..." : "");
}

}  // namespace

void print(std::string& out, std::int64_t value) {
  fmt::format_to(std::back_inserter(out), "{}", value);
}
void print(std::string& out, std::uint64_t value) {
  fmt::format_to(std::back_inserter(out), "{:#x}", value);
}
void print(std::string& out, std::uint32_t value) {
  fmt::format_to(std::back_inserter(out), "{}", value);
}
void print(std::string& out, std::uint16_t value) {
  print(out, std::uint32_t{value});
}
void print(std::string& out, std::uint8_t value) {
  print(out, std::uint32_t{value});
}
void print(std::string& out, bool value) {
  out += value ? "true" : "false";
}
void print(std::string& out, double value) {
  fmt::format_to(std::back_inserter(out), "{}", value);
}
void print(std::string& out, const std::string& value) {
  print_string(out, value);
}

void print(std::string& out, const Extents& value) {
  out += '[';
  for (int i = 0; i < value.size(); ++i) {
    if (i) out += ',';
    print(out, value[i]);
  }
  out += ']';
}

void print(std::string& out, const Operand& value) {
  out += to_string(value.space);
  if (value.core) fmt::format_to(std::back_inserter(out), "@{}", *value.core);
  fmt::format_to(std::back_inserter(out), ":{:#x}", value.address);
  print_steps(out, value.steps, true);
}

void print_steps(std::string& out, const LoopSteps& steps, bool hexadecimal) {
  std::size_t used = steps.size();
  while (used > 0 && steps[used - 1] == LoopStep{}) --used;
  if (used == 0) return;
  for (std::size_t i = 0; i < used; ++i) {
    const LoopStep& step = steps[i];
    out += i ? "," : "(";
    out += step.stride < 0 ? '-' : '+';
    const std::uint64_t size = magnitude(step.stride);
    out += hexadecimal ? fmt::format("{:#x}", size) : fmt::format("{}", size);
    if (step.modulo) fmt::format_to(std::back_inserter(out), "%{}", step.modulo);
  }
  out += ')';
}

void parse(Cursor& in, std::int64_t& value) {
  value = in.signed_number();
}
void parse(Cursor& in, std::uint64_t& value) {
  parse_unsigned(in, value);
}
void parse(Cursor& in, std::uint32_t& value) {
  parse_unsigned(in, value);
}
void parse(Cursor& in, std::uint16_t& value) {
  parse_unsigned(in, value);
}
void parse(Cursor& in, std::uint8_t& value) {
  parse_unsigned(in, value);
}
void parse(Cursor& in, double& value) {
  value = in.real();
}
void parse(Cursor& in, std::string& value) {
  value = in.quoted();
}

void parse(Cursor& in, bool& value) {
  const std::size_t column = in.column();
  const std::string_view word = in.word();
  if (word != "true" && word != "false") fail_unknown(in, column, "value", word, {"true", "false"});
  value = word == "true";
}

void parse(Cursor& in, Extents& value) {
  in.expect('[', "'='");
  while (!in.take(']')) {
    if (!value.empty()) in.expect(',', "an extent");
    if (value.size() == kMaxRank) in.fail(fmt::format("over {} dimensions", kMaxRank));
    value.push_back(in.signed_number());
  }
}

void parse(Cursor& in, Operand& value) {
  parse(in, value.space);
  if (in.take('@')) parse(in, value.core);
  in.expect(':', "the space");
  parse(in, value.address);
  parse_steps(in, value.steps);
}

void parse_steps(Cursor& in, LoopSteps& steps) {
  if (!in.take('(')) return;
  std::size_t level = 0;
  do {
    if (level == steps.size()) in.fail(fmt::format("steps for over {} loops", kMaxLoopDepth));
    steps[level++] = parse_step(in);
  } while (in.take(','));
  in.expect(')', "the loop steps");
}

void fail_unknown(const Cursor& in, std::size_t column, const char* what, std::string_view given,
                  const std::vector<std::string>& names) {
  const auto compared = std::span{names}.first(std::min(names.size(), kMaxNamesCompared));
  const std::string shown = given.empty() ? in.found() : "'" + printable(given) + "'";
  in.fail_at(column, fmt::format("unknown {} {}: {}", what, shown, alternatives(names)),
             did_you_mean(given.substr(0, kMaxNameLength), compared));
}

}  // namespace npulse::isa::text
