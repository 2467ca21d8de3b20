// SPDX-License-Identifier: Apache-2.0
// The words of a trace line, and the numbers in them.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace npulse::traces {

struct Token {
  std::string_view text;   ///< Empty behind the last word.
  std::size_t column = 1;  ///< Counted from 1.
};

/// Words separated by blanks and tabs; a carriage return ends the line.
class Tokens {
 public:
  explicit Tokens(std::string_view line) : line_{line} {}
  Token next();

 private:
  std::string_view line_;
  std::size_t at_ = 0;
};

/// The whole of `text` as a number; nothing when it is none or does not fit.
std::optional<std::uint64_t> decimal(std::string_view text);
/// With 0x in front of it.
std::optional<std::uint64_t> hexadecimal(std::string_view text);

}  // namespace npulse::traces
