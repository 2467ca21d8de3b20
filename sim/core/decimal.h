// SPDX-License-Identifier: Apache-2.0
// Exact decimal numbers, so that `0.3 ns` is 300 ps on every machine.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace npulse {

/// digits x 10^exponent.
struct Decimal {
  __extension__ using Wide = __int128;
  Wide digits = 0;
  int exponent = 0;
};

/// Up to 22 digits with sign, point and exponent; nothing when `text` is anything else.
std::optional<Decimal> parse_decimal(std::string_view text);

/// number x scale, when that is a whole number of 64 bits.
std::optional<std::int64_t> whole_multiple(Decimal number, std::int64_t scale);

}  // namespace npulse
