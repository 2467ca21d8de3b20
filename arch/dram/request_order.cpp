// SPDX-License-Identifier: Apache-2.0
#include "arch/dram/request_order.h"

#include "arch/dram/bank_mask.h"

namespace npulse::dram {
namespace {

bool hit_is_oldest(const RequestWindow& window, Direction direction, std::size_t bank) {
  return window.hit_age(direction, bank) == window.oldest_age(direction, bank);
}

/// The bank of the oldest request.
BankMask oldest_bank(const RequestWindow& window, Direction direction) {
  BankMask oldest = 0;
  std::uint64_t age = 0;
  for_each_bank(window.waiting(direction), [&](std::size_t bank) {
    const std::uint64_t a = window.oldest_age(direction, bank);
    if (!oldest || a < age) oldest = bit_of(bank), age = a;
  });
  return oldest;
}

}  // namespace

void RequestOrder::count_passed(const RequestWindow& window, Direction direction,
                                std::size_t bank) {
  const bool oldest =
      oldest_bank(window, direction) == bit_of(bank) && hit_is_oldest(window, direction, bank);
  auto& passed = passed_[direction == Direction::write];
  passed = oldest ? 0 : passed + 1;
}

RequestOrder::Choice RequestOrder::oldest_first(const RequestWindow& window, Direction direction,
                                                Choice all) {
  const BankMask oldest = oldest_bank(window, direction);
  const Choice alone = only_oldest(window, direction, all);
  if (!alone.hits) return {all.waiting, all.hits & ~oldest};
  return {all.waiting & ~(all.hits & ~oldest), alone.hits};
}

RequestOrder::Choice RequestOrder::only_oldest(const RequestWindow& window, Direction direction,
                                               Choice all) {
  const BankMask oldest = oldest_bank(window, direction);
  Choice choice{all.waiting & oldest, all.hits & oldest};
  for_each_bank(choice.hits, [&](std::size_t bank) {
    if (!hit_is_oldest(window, direction, bank)) choice.hits = 0;
  });
  return choice;
}

RequestOrder::Choice RequestOrder::without_exhausted(const RequestWindow& window,
                                                     Direction direction, Choice all) const {
  for_each_bank(all.hits & exhausted_, [&](std::size_t bank) {
    if (!hit_is_oldest(window, direction, bank)) all.hits &= ~bit_of(bank);
  });
  return all;
}

void RequestOrder::closed(BankMask banks) {
  exhausted_ &= ~banks;
  if (cap_) for_each_bank(banks, [&](std::size_t bank) { served_[bank] = 0; });
}

}  // namespace npulse::dram
