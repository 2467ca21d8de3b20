// SPDX-License-Identifier: Apache-2.0
// The numbers that the bits of an element stand for. A double holds every one of every type.
#pragma once

#include <cstdint>

#include "isa/types.h"

namespace npulse::isa::functional {

bool is_integer(DataType type);

/// The number of an element whose bits are the low ones of `bits`.
double decode(DataType type, std::uint32_t bits);

/// Bits of the nearest number of `type`, of two equally near ones the even. Integers and fp8
/// saturate; no integer is not-a-number: it becomes 0.
std::uint32_t encode(DataType type, double value);

/// What `value` is after it was written as `type`.
inline double rounded(DataType type, double value) {
  return decode(type, encode(type, value));
}

}  // namespace npulse::isa::functional
