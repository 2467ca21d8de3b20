// SPDX-License-Identifier: Apache-2.0
// Fuzzed cases for reservations: few kinds of granules in every order, so that states come back.
#pragma once

#include <vector>

#include "arch/dram/memo.h"
#include "tests/support/random.h"

namespace npulse::testing {

constexpr std::int64_t kLongestWait = 31;

inline dram::Granule any_granule(const dram::ResolvedPart& part, bool waits, test::Random& random) {
  const auto wait = [&] { return waits || random.coin() ? random.between(0, kLongestWait) : 0; };
  dram::Granule granule;
  granule.bank = static_cast<std::uint8_t>(random.between(0, part.organisation.total_banks() - 1));
  granule.bursts = static_cast<std::uint8_t>(random.between(1, random.coin() ? 2 : 16));
  granule.write = random.coin();
  granule.row = static_cast<dram::RowState>(random.between(0, 2));
  if (granule.row != dram::RowState::closed) granule.first_ok = wait();
  if (granule.row != dram::RowState::hit) granule.act_ok = wait();
  return granule;
}

/// A batch that comes again and again; now and then one of its granules differs in one way.
struct BatchKind {
  std::vector<dram::Granule> granules;
  dram::Granule other;
  std::size_t differing;
};

inline BatchKind any_batch(const dram::ResolvedPart& part, std::int64_t most,
                           test::Random& random) {
  BatchKind kind;
  for (auto n = random.between(1, most); n > 0; --n) {
    kind.granules.push_back(any_granule(part, most > 1, random));
    kind.granules.back().write = kind.granules.front().write;
  }
  const auto last = static_cast<std::int64_t>(kind.granules.size()) - 1;
  kind.differing = static_cast<std::size_t>(random.between(0, last));
  kind.other = kind.granules[kind.differing];
  const dram::Granule any = any_granule(part, most > 1, random);
  switch (random.between(0, 4)) {
    case 0:
      kind.other.bank = any.bank;
      break;
    case 1:
      kind.other.bursts = any.bursts;
      break;
    case 2:
      kind.other.row = any.row;
      break;
    case 3:
      kind.other.first_ok = any.first_ok;
      break;
    default:
      kind.other.act_ok = any.act_ok;
  }
  return kind;
}

/// Where 400 batches came to lie: the same with any table, or with none.
inline std::vector<std::int64_t> reservations(const dram::ResolvedPart& part,
                                              std::int64_t lookahead, std::uint64_t seed,
                                              dram::MemoTable* memo) {
  test::Random random{seed};
  dram::MemoizedReservation reservation{part, 0, lookahead, memo};
  // Short batches bring states back, long ones show what each granule of a key is for.
  const auto most = seed % 3 ? static_cast<std::int64_t>(dram::kBatch) : 1;
  std::vector<BatchKind> kinds;
  for (auto i = random.between(1, 3); i > 0; --i) kinds.push_back(any_batch(part, most, random));
  const std::int64_t gaps[] = {0, random.between(0, 30), random.between(0, 120)};
  std::vector<std::int64_t> places;
  for (int i = 0; i < 400; ++i) {
    const std::int64_t gap = random.between(0, 15) ? gaps[random.between(0, 2)] : 2000;
    reservation.advance_base(reservation.base() + Cycles{gap});
    const auto last = static_cast<std::int64_t>(kinds.size()) - 1;
    const BatchKind& kind = kinds[static_cast<std::size_t>(random.between(0, last))];
    std::vector<dram::Granule> batch = kind.granules;
    if (random.coin()) batch[kind.differing] = kind.other;
    const dram::BatchPlacement placed = reservation.reserve(batch);
    places.insert(places.end(), {reservation.base().count(), placed.syncs});
    for (const auto& g : placed.granules) places.insert(places.end(), {g.activate, g.last_column});
  }
  return places;
}

}  // namespace npulse::testing
