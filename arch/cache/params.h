// SPDX-License-Identifier: Apache-2.0
// Parameters of a cache between the network and the memory controller.
#pragma once

#include <string>

#include "sim/core/config_file.h"
#include "sim/core/error.h"
#include "sim/core/params.h"
#include "sim/core/units.h"

namespace npulse::arch {

struct CacheParams {
  Bytes capacity{512 << 10};
  Bytes line{64};
  std::int64_t ways = 8;
  Cycles hit_cycles{20};
  std::int64_t bytes_per_cycle = 16;

  void check(Faults& faults, const std::string& path) const {
    if (capacity.count() >= line.count() * ways) return;
    faults.add(join_path(path, "capacity"),
               std::to_string(capacity.count()) + " bytes are less than a set of " +
                   std::to_string(ways) + " lines of " + std::to_string(line.count()) + " bytes");
  }

  template <class V>
  static void describe(V& field) {
    field(
        "capacity", &CacheParams::capacity, "bytes",
        "Size, of one set at least. Reads that hit do not reach the memory; a line counts as held "
        "from the request on that fetches it. Writes go through.",
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
