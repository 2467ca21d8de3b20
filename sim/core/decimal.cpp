// SPDX-License-Identifier: Apache-2.0
#include "sim/core/decimal.h"

#include <charconv>
#include <cstdlib>
#include <limits>

namespace npulse {
namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

std::optional<int> parse_exponent(std::string_view text) {
  if (text.empty()) return 0;
  text.remove_prefix(1);  // the 'e'
  if (!text.empty() && text.front() == '+') text.remove_prefix(1);
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool whole = error == std::errc{} && end == text.data() + text.size();
  return whole && std::abs(value) <= 40 ? std::optional{value} : std::nullopt;
}

}  // namespace

std::optional<Decimal> parse_decimal(std::string_view text) {
  constexpr int kMaxDigits = 22;  // times the largest scale they still fit into 127 bits
  const bool negative = !text.empty() && text.front() == '-';
  if (!text.empty() && (negative || text.front() == '+')) text.remove_prefix(1);
  const std::size_t e = text.find_first_of("eE");
  const auto exponent = parse_exponent(e == std::string_view::npos ? "" : text.substr(e));
  if (!exponent) return std::nullopt;
  Decimal number{0, *exponent};
  int digits = 0;
  bool fraction = false;
  for (const char c : text.substr(0, e)) {
    if (c == '.' && !fraction) {
      fraction = true;
      continue;
    }
    if (!is_digit(c) || ++digits > kMaxDigits) return std::nullopt;
    number.digits = number.digits * 10 + (c - '0');
    if (fraction) --number.exponent;
  }
  if (digits == 0) return std::nullopt;
  if (negative) number.digits = -number.digits;
  return number;
}

std::optional<std::int64_t> whole_multiple(Decimal number, std::int64_t scale) {
  using Wide = Decimal::Wide;
  constexpr Wide kMax = std::numeric_limits<std::int64_t>::max();
  Wide value = number.digits * scale;
  for (; number.exponent > 0; --number.exponent) {
    value *= 10;
    if (value > kMax || value < -kMax) return std::nullopt;
  }
  for (; number.exponent < 0; ++number.exponent) {
    if (value % 10 != 0) return std::nullopt;
    value /= 10;
  }
  if (value > kMax || value < -kMax) return std::nullopt;
  return static_cast<std::int64_t>(value);
}

}  // namespace npulse
