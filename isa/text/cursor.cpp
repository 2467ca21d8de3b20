// SPDX-License-Identifier: Apache-2.0
#include "isa/text/cursor.h"

#include <fmt/format.h>

#include <charconv>
#include <limits>

namespace npulse::isa::text {
namespace {

constexpr std::size_t kMaxQuotedInMessage = 40;

bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\r';
}

bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '.';
}

std::optional<int> hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return std::nullopt;
}

}  // namespace

bool Cursor::at_end() {
  while (is_blank(peek())) ++position_;
  return position_ == line_.size() || line_[position_] == '#';
}

bool Cursor::take(char c) {
  if (position_ == line_.size() || line_[position_] != c) return false;
  ++position_;
  return true;
}

bool Cursor::take(std::string_view text) {
  if (line_.substr(position_, text.size()) != text) return false;
  position_ += text.size();
  return true;
}

void Cursor::expect(char c, const char* after) {
  if (!take(c)) fail(fmt::format("expected '{}' after {}, found {}", c, after, found()));
}

std::string_view Cursor::name() {
  const std::size_t begin = position_;
  while (position_ < line_.size() && is_word(line_[position_])) ++position_;
  return line_.substr(begin, position_ - begin);
}

std::string_view Cursor::word() {
  const std::size_t begin = position_;
  while (position_ < line_.size() && (is_word(line_[position_]) || line_[position_] == '-'))
    ++position_;
  return line_.substr(begin, position_ - begin);
}

std::string Cursor::quoted() {
  const std::size_t begin = column();
  expect('"', "'='");
  std::string result;
  while (!take('"')) {
    if (position_ == line_.size())
      fail_at(begin, "the text is never closed", "add the missing '\"'");
    const char c = line_[position_++];
    result += c == '\\' ? escaped() : c;
  }
  return result;
}

char Cursor::escaped() {
  const char c = peek();
  if (position_ < line_.size()) ++position_;
  switch (c) {
    case '"':
    case '\\':
      return c;
    case 'n':
      return '\n';
    case 't':
      return '\t';
    case 'x': {
      const auto high = hex_digit(peek());
      const auto low =
          high ? hex_digit(position_ + 1 < line_.size() ? line_[position_ + 1] : '\0') : high;
      if (!low) break;
      position_ += 2;
      return static_cast<char>(*high * 16 + *low);
    }
    default:
      break;
  }
  fail("unknown escape in a text", R"(allowed: \" \\ \n \t \xHH)");
}

std::uint64_t Cursor::magnitude(std::uint64_t max, const char* range) {
  const std::size_t begin = column();
  const int base = take("0x") ? 16 : 10;
  std::uint64_t value = 0;
  const char* first = line_.data() + position_;
  const auto [end, error] = std::from_chars(first, line_.data() + line_.size(), value, base);
  if (end == first) fail_at(begin, fmt::format("expected a number, found {}", found()));
  position_ += static_cast<std::size_t>(end - first);
  if (error != std::errc{} || value > max) {
    fail_at(
        begin,
        fmt::format("number {} is too large", printable(line_.substr(begin - 1, column() - begin))),
        fmt::format("allowed: {}", range));
  }
  if (is_word(peek()) && peek() != '.')
    fail_at(begin, "a number is followed by letters", "numbers are decimal or 0x...");
  return value;
}

std::uint64_t Cursor::unsigned_number(std::uint64_t max) {
  return magnitude(max, fmt::format("0 to {}", max).c_str());
}

std::int64_t Cursor::signed_number() {
  constexpr auto kMax = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  const char* range = "-2^63 to 2^63 - 1";
  if (take('-')) return static_cast<std::int64_t>(~magnitude(kMax + 1, range) + 1);
  return static_cast<std::int64_t>(magnitude(kMax, range));
}

double Cursor::real() {
  double value = 0;
  const char* first = line_.data() + position_;
  const auto [end, error] = std::from_chars(first, line_.data() + line_.size(), value);
  if (end == first) fail(fmt::format("expected a number, found {}", found()));
  if (error != std::errc{}) fail("the number is out of a double's range");
  position_ += static_cast<std::size_t>(end - first);
  return value;
}

void Cursor::fail(std::string message, std::string hint) const {
  fail_at(column(), std::move(message), std::move(hint));
}

void Cursor::fail_at(std::size_t column, std::string message, std::string hint) const {
  throw LineFault{column, std::move(message), std::move(hint)};
}

std::string Cursor::found() const {
  const std::string_view rest = line_.substr(position_);
  if (rest.empty()) return "the end of the line";
  std::size_t size = 0;
  while (size < rest.size() && is_word(rest[size])) ++size;
  return fmt::format("'{}'", printable(rest.substr(0, std::max<std::size_t>(size, 1))));
}

std::string printable(std::string_view text) {
  std::string result{text.substr(0, kMaxQuotedInMessage)};
  for (char& c : result) {
    if (static_cast<unsigned char>(c) < ' ' || static_cast<unsigned char>(c) >= 0x7f) c = '?';
  }
  return text.size() > kMaxQuotedInMessage ? result + "..." : result;
}

}  // namespace npulse::isa::text
