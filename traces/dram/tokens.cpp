// SPDX-License-Identifier: Apache-2.0
#include "traces/dram/tokens.h"

#include <algorithm>
#include <charconv>

namespace npulse::traces {
namespace {

constexpr std::string_view kBlanks = " \t\r";

std::optional<std::uint64_t> number(std::string_view text, int base) {
  std::uint64_t value = 0;
  const char* last = text.data() + text.size();
  const auto [end, error] = std::from_chars(text.data(), last, value, base);
  if (text.empty() || error != std::errc{} || end != last) return std::nullopt;
  return value;
}

}  // namespace

Token Tokens::next() {
  at_ = std::min(line_.find_first_not_of(kBlanks, at_), line_.size());
  const std::size_t begin = at_;
  at_ = std::min(line_.find_first_of(kBlanks, at_), line_.size());
  return {line_.substr(begin, at_ - begin), begin + 1};
}

std::optional<std::uint64_t> decimal(std::string_view text) {
  return number(text, 10);
}

std::optional<std::uint64_t> hexadecimal(std::string_view text) {
  if (!text.starts_with("0x") && !text.starts_with("0X")) return std::nullopt;
  return number(text.substr(2), 16);
}

}  // namespace npulse::traces
