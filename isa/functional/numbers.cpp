// SPDX-License-Identifier: Apache-2.0
#include "isa/functional/numbers.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace npulse::isa::functional {
namespace {

/// IEEE-like: a sign, an exponent whose bias is half its range, a fraction.
struct FloatFormat {
  int exponent_bits, fraction_bits;
  bool
      infinity;  ///< Without, the one not-a-number is all ones and the largest number is before it.

  int bias() const { return (1 << (exponent_bits - 1)) - 1; }
  std::uint32_t sign() const { return std::uint32_t{1} << (exponent_bits + fraction_bits); }
  std::uint32_t end() const {  ///< The first magnitude that is no number.
    return infinity ? ((1U << exponent_bits) - 1) << fraction_bits : sign() - 1;
  }
  std::uint32_t not_a_number() const {
    return infinity ? end() | 1U << (fraction_bits - 1) : end();
  }
};

constexpr FloatFormat kFp8{4, 3, false}, kFp16{5, 10, true}, kBf16{8, 7, true};

std::uint32_t encode(const FloatFormat& format, double value) {
  if (std::isnan(value)) return format.not_a_number();
  const std::uint32_t sign = std::signbit(value) ? format.sign() : 0;
  const std::uint32_t overflow = format.infinity ? format.end() : format.end() - 1;
  const double size = std::abs(value);
  if (size == 0) return sign;
  if (std::isinf(value)) return sign | overflow;
  const int exponent = std::max(std::ilogb(size), 1 - format.bias());
  if (exponent > format.bias() + 1) return sign | overflow;
  const auto steps =
      static_cast<std::uint32_t>(std::nearbyint(std::ldexp(size, format.fraction_bits - exponent)));
  const auto base = static_cast<std::uint32_t>(exponent + format.bias() - 1);
  const std::uint32_t magnitude = (base << format.fraction_bits) + steps;
  return sign | (magnitude < format.end() ? magnitude : overflow);
}

double decode(const FloatFormat& format, std::uint32_t bits) {
  const std::uint32_t magnitude = bits & (format.sign() - 1);
  const double sign = bits & format.sign() ? -1 : 1;
  if (magnitude >= format.end()) {
    const bool infinite = format.infinity && magnitude == format.end();
    return infinite ? sign * HUGE_VAL : std::nan("");
  }
  const std::uint32_t exponent = magnitude >> format.fraction_bits;
  const std::uint32_t fraction = magnitude & ((1U << format.fraction_bits) - 1);
  const std::uint32_t hidden = exponent ? 1U << format.fraction_bits : 0;
  const int scale = std::max(1, static_cast<int>(exponent)) - format.bias() - format.fraction_bits;
  return sign * std::ldexp(hidden + fraction, scale);
}

std::uint32_t encode_integer(int bits, double value) {
  if (std::isnan(value)) return 0;
  const double limit = std::ldexp(1, bits - 1);
  const double near = std::clamp(std::nearbyint(value), -limit, limit - 1);
  const auto mask = static_cast<std::uint32_t>((std::uint64_t{1} << bits) - 1);
  return static_cast<std::uint32_t>(static_cast<std::int64_t>(near)) & mask;
}

/// Numbers that fp32 holds need no search for the exponent.
std::uint32_t encode_bf16(double value) {
  const auto single = static_cast<float>(value);
  if (!(static_cast<double>(single) == value) || std::isinf(single)) return encode(kBf16, value);
  const auto bits = std::bit_cast<std::uint32_t>(single);
  return (bits + 0x7fffU + (bits >> 16 & 1U)) >> 16;
}

double decode_integer(int bits, std::uint32_t value) {
  const int unused = 32 - bits;
  return static_cast<std::int32_t>(value << unused) >> unused;
}

}  // namespace

bool is_integer(DataType type) {
  return type <= DataType::i32;
}

double decode(DataType type, std::uint32_t bits) {
  switch (type) {
    case DataType::fp8:
      return decode(kFp8, bits);
    case DataType::fp16:
      return decode(kFp16, bits);
    case DataType::bf16:
      return std::bit_cast<float>(bits << 16);
    case DataType::fp32:
      return std::bit_cast<float>(bits);
    default:
      return decode_integer(bits_of(type), bits);
  }
}

std::uint32_t encode(DataType type, double value) {
  switch (type) {
    case DataType::fp8:
      return encode(kFp8, value);
    case DataType::fp16:
      return encode(kFp16, value);
    case DataType::bf16:
      return encode_bf16(value);
    case DataType::fp32:
      return std::bit_cast<std::uint32_t>(static_cast<float>(value));
    default:
      return encode_integer(bits_of(type), value);
  }
}

}  // namespace npulse::isa::functional
