// SPDX-License-Identifier: Apache-2.0
#include "arch/spm/bank_groups.h"

#include <catch2/catch.hpp>

using namespace npulse;
using arch::BankGroups;
using arch::BankUse;
using arch::Requester;

namespace {

/// `load` accesses to each of `count` of 16 banks, from `first` on.
BankUse on_banks(std::size_t first, std::size_t count, std::int64_t load) {
  BankUse use{load * static_cast<std::int64_t>(count), load, 0, std::vector<std::int64_t>(16)};
  for (std::size_t i = first; i < first + count; ++i) use.loads[i] = load;
  return use;
}

BankUse even(std::int64_t load) {
  return {16 * load, load, 0, {}};
}

Cycles take(BankGroups& groups, std::int64_t start, const BankUse& use) {
  return groups.take(Cycles{start}, Cycles{use.busiest}, use, Requester::dma).end;
}

}  // namespace

TEST_CASE("Banks that streams load alike are one account, others are parted", "[arch][spm]") {
  BankGroups groups{arch::SpmParams{}};
  take(groups, 0, even(100));
  REQUIRE(groups.groups() == 0);
  take(groups, 0, on_banks(0, 8, 64));
  REQUIRE(groups.groups() == 1);
  take(groups, 0, on_banks(4, 8, 64));  // 0-3, 4-7, 8-11
  REQUIRE(groups.groups() == 3);
  take(groups, 0, on_banks(0, 12, 64));
  REQUIRE(groups.groups() == 3);
}

TEST_CASE("A group remembers what the whole held before, and ends with its last stream",
          "[arch][spm]") {
  const arch::SpmParams p;
  BankGroups groups{p};
  const std::int64_t held = 10 * p.window.count();
  take(groups, 0, even(held));
  REQUIRE(take(groups, 0, on_banks(3, 1, 64)) == Cycles{held + 64});
  REQUIRE(take(groups, 0, on_banks(3, 2, 64)) == Cycles{held + 128});
  REQUIRE(groups.groups() == 2);
  take(groups, held + 128, even(1));
  REQUIRE(groups.groups() == 0);
}

TEST_CASE("What few banks hold keeps nobody waiting elsewhere", "[arch][spm]") {
  BankGroups groups{arch::SpmParams{}};
  take(groups, 0, on_banks(0, 1, 640));
  REQUIRE(take(groups, 0, on_banks(1, 15, 640)) == Cycles{640});
  REQUIRE(take(groups, 0, even(64)) == Cycles{640 + 64});
}
