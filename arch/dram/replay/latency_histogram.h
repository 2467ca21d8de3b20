// SPDX-License-Identifier: Apache-2.0
// Latencies in bins of bounded number: 64 bins for every doubling, so that a bin is at most 1/64
// (1.6 %) as wide as what it holds.
#pragma once

#include <cstdint>
#include <vector>

#include "sim/core/units.h"

namespace npulse::dram {

class LatencyHistogram {
 public:
  struct Bin {
    Picoseconds from, to;  ///< `to` belongs to the next bin.
    std::int64_t count;
  };

  void add(Picoseconds latency);

  std::int64_t count() const { return count_; }
  /// Exact; 0 when nothing was added.
  double mean_ps() const;
  Picoseconds max() const { return max_; }
  /// At least `share` of all latencies are no longer: the upper edge of that one's bin, or max().
  Picoseconds percentile(double share) const;
  /// Those that hold something, shortest first.
  std::vector<Bin> bins() const;

 private:
  std::vector<std::int64_t> counts_;
  std::int64_t count_ = 0;
  Picoseconds sum_{}, max_{};
};

}  // namespace npulse::dram
