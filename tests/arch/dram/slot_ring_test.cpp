// SPDX-License-Identifier: Apache-2.0
#include "arch/dram/slot_ring.h"

#include <catch2/catch.hpp>
#include <random>
#include <set>

using namespace npulse::dram;

namespace {

/// All cells ever taken.
struct Ledger {
  std::set<std::int64_t> taken;

  std::int64_t end() const { return taken.empty() ? 0 : *taken.rbegin() + 1; }
  std::int64_t first_free(std::int64_t from) const {
    from = std::max(from, end() - SlotRing::kDepth);
    while (taken.count(from)) ++from;
    return from;
  }
};

}  // namespace

TEST_CASE("A ring finds the free cell that a ledger finds, within its depth", "[arch][dram]") {
  std::mt19937_64 random{7};
  SlotRing ring;
  Ledger ledger;
  for (int i = 0; i < 20'000; ++i) {
    const auto from =
        std::max<std::int64_t>(0, ledger.end() - 70 + static_cast<std::int64_t>(random() % 90));
    const std::int64_t cell = ring.first_free(from);
    REQUIRE(cell == ledger.first_free(from));
    REQUIRE(ring.is_free(cell));
    ring.take(cell);
    ledger.taken.insert(cell);
    REQUIRE(ring.end() == ledger.end());
    REQUIRE_FALSE(ring.is_free(cell));
  }
}

TEST_CASE("A run is taken where all of its cells are free, and nowhere else", "[arch][dram]") {
  std::mt19937_64 random{11};
  SlotRing ring;
  Ledger ledger;
  for (int i = 0; i < 20'000; ++i) {
    const auto from =
        std::max<std::int64_t>(0, ledger.end() - 40 + static_cast<std::int64_t>(random() % 45));
    const int count = 1 + static_cast<int>(random() % 8),
              stride = 1 + static_cast<int>(random() % 3);
    bool free = true;
    for (int k = 0; k < count; ++k) free = free && !ledger.taken.count(from + k * stride);
    REQUIRE(ring.take_run(from, count, stride) == free);
    for (int k = 0; free && k < count; ++k) ledger.taken.insert(from + k * stride);
    REQUIRE(ring.end() == ledger.end());
  }
}

TEST_CASE("A burst of two cells needs both", "[arch][dram]") {
  SlotRing ring;
  for (const std::int64_t cell : {10, 11, 14, 17, 18}) ring.take(cell);
  CHECK(ring.first_free(9, 1) == 12);
  CHECK(ring.first_free(13, 1) == 15);
  CHECK(ring.first_free(16, 1) == 19);
  CHECK(ring.first_free(9, 2) == 13);
  CHECK(ring.first_free(15, 2) == 19);
}

TEST_CASE("What lies before a cell can be forgotten, and nothing else", "[arch][dram]") {
  SlotRing ring;
  for (const std::int64_t cell : {3, 5, 8}) ring.take(cell);
  CHECK(ring.taken_before(8) == 5);
  ring.forget_before(6);
  CHECK(ring.taken_before(8) < 3);
  CHECK_FALSE(ring.is_free(8));
  ring.forget_before(20);
  CHECK(ring.end() == 20);
  CHECK(ring.taken() == 0);
}
