// SPDX-License-Identifier: Apache-2.0
// Traffic for a whole memory, of all kinds: streams, tiles, blocks, scattered and partial accesses.
#pragma once

#include <algorithm>
#include <functional>
#include <vector>

#include "tests/support/memory_case.h"
#include "tests/support/random.h"

namespace npulse::testing {

/// The next transaction of a pattern; its address counts from the pattern's own base.
using Pattern = std::function<dram::Transaction(std::int64_t i)>;

inline Address address(std::int64_t n) {
  return static_cast<Address>(n);
}

/// Up to four streams that advance in step; the last may be written.
inline Pattern any_streams(test::Random& random) {
  const std::int64_t streams = random.between(1, 4);
  const std::int64_t bytes = std::int64_t{32} << random.between(0, 8);
  const std::int64_t apart = std::int64_t{1} << random.between(13, 28);
  const bool writes = random.coin();
  return [=](std::int64_t i) {
    const std::int64_t stream = i % streams;
    return dram::Transaction{address(stream * apart + i / streams * bytes), Bytes{bytes},
                             writes && stream == streams - 1};
  };
}

inline Pattern any_tiles(test::Random& random) {
  const std::int64_t bytes = std::int64_t{32} << random.between(0, 5);
  const std::int64_t pitch = bytes * random.between(1, 512);
  const bool write = random.between(0, 3) == 0;
  return [=](std::int64_t i) { return dram::Transaction{address(i * pitch), Bytes{bytes}, write}; };
}

/// Aligned blocks that many channels have the same part in.
inline Pattern any_blocks(test::Random& random) {
  const std::int64_t bytes = std::int64_t{4096} << random.between(0, 4);
  const std::int64_t writes_of_8 = random.between(0, 3);
  return [=, &random](std::int64_t) {
    return dram::Transaction{address(random.between(0, 255) * bytes), Bytes{bytes},
                             random.between(1, 8) <= writes_of_8};
  };
}

/// Anything anywhere within `span` bytes; ragged ones begin and end within bursts.
inline Pattern any_scatter(test::Random& random, std::int64_t span, std::int64_t longest) {
  const bool ragged = random.coin();
  const std::int64_t writes_of_8 = random.between(0, 8);
  return [=, &random](std::int64_t) {
    const std::int64_t grain = ragged ? 1 : 64;
    const std::int64_t bytes = random.between(1, std::max<std::int64_t>(1, longest / grain));
    return dram::Transaction{address(random.between(0, span / grain) * grain), Bytes{bytes * grain},
                             random.between(1, 8) <= writes_of_8};
  };
}

inline Pattern any_pattern(test::Random& random, std::int64_t capacity) {
  switch (random.between(0, 7)) {
    case 0:
      return any_streams(random);
    case 1:
      return any_tiles(random);
    case 2:
      return any_scatter(random, capacity, 64);
    case 3:
      return any_scatter(random, capacity, 4096);
    case 4:
      return any_scatter(random, 1000, 200);  // the same bursts over and over
    case 5:
      return any_scatter(random, 1 << 20, 300);
    case 6:
      return any_scatter(random, capacity, 40'000);
    default:
      return any_blocks(random);
  }
}

/// How requests come: all at once, one by one, or in spells with long pauses between them.
inline Picoseconds any_pause(test::Random& random, std::int64_t rhythm) {
  if (rhythm == 0) return {};
  if (rhythm == 1) return Picoseconds{random.between(0, 60'000)};
  return Picoseconds{random.between(0, 11) ? random.between(0, 900) : random.between(0, 9'000'000)};
}

/// A few hundred bursts, now and then a few thousand, mixed of up to two patterns.
inline std::vector<TimedTransaction> any_traffic(Bytes capacity, const dram::Organisation& o,
                                                 test::Random& random) {
  const std::int64_t size = capacity.count();
  const Pattern patterns[] = {any_pattern(random, size), any_pattern(random, size)};
  const std::int64_t base = random.between(0, (size >> 16) - 1) << 16;
  const std::int64_t mixed = random.between(0, 1), rhythm = random.between(0, 2);
  const bool ahead = random.coin();
  std::vector<TimedTransaction> traffic;
  std::int64_t budget = o.burst_bytes() * random.between(1, random.between(0, 11) ? 400 : 5000);
  for (std::int64_t i = 0; budget > 0; ++i) {
    dram::Transaction t = patterns[i % 2 * mixed](i);
    t.bytes = std::min({t.bytes, capacity, Bytes{budget}});
    t.address = (t.address + address(base)) % address(size - t.bytes.count() + 1);
    budget -= std::max(t.bytes.count(), o.burst_bytes());
    traffic.push_back(
        {t, any_pause(random, rhythm), Picoseconds{ahead ? random.between(0, 30'000) : 0}});
  }
  return traffic;
}

}  // namespace npulse::testing
