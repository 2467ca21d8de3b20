// SPDX-License-Identifier: Apache-2.0
// Sets of banks of a pseudo-channel.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>

namespace npulse::dram {

/// One bit a bank.
using BankMask = std::uint64_t;
constexpr BankMask bit_of(std::size_t bank) {
  return BankMask{1} << bank;
}

/// Calls `f` with the number of every bank in the mask.
template <class F>
void for_each_bank(BankMask banks, F&& f) {
  for (; banks; banks &= banks - 1) f(static_cast<std::size_t>(std::countr_zero(banks)));
}

}  // namespace npulse::dram
