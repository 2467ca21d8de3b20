// SPDX-License-Identifier: Apache-2.0
// Parameters of a cache between the network and the memory controller.
#pragma once

#include "sim/core/params.h"
#include "sim/core/units.h"

namespace npulse::arch {

struct CacheParams {
  Bytes capacity{512 << 10};
  Bytes line{64};
  std::int64_t ways = 8;
  Cycles hit_cycles{20};
  std::int64_t bytes_per_cycle = 16;

  template <class V>
  static void describe(V& field) {
    field("capacity", &CacheParams::capacity, "bytes",
          "Size. Reads that hit do not reach the memory; writes go through.",
          between(8, std::int64_t{1} << 32));
    field("line", &CacheParams::line, "bytes", "Line.", between(8, 4096));
    field("ways", &CacheParams::ways, "count", "Lines of a set; the least recently used leaves.",
          between(1, 1024));
    field("hit_cycles", &CacheParams::hit_cycles, "cycles", "From a request to its data.",
          between(0, 1 << 20));
    field("bytes_per_cycle", &CacheParams::bytes_per_cycle, "B/cycle", "Rate of hits.",
          between(1, 1 << 20));
  }
};

}  // namespace npulse::arch
