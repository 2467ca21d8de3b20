// SPDX-License-Identifier: Apache-2.0
// Parameters of a cache between the network and the memory controller.
#pragma once

#include <string>

#include "sim/core/config_file.h"
#include "sim/core/error.h"
#include "sim/core/params.h"
#include "sim/core/units.h"

namespace npulse::arch {

/// Which line of a full set leaves.
enum class Replacement : std::uint8_t { lru, random };
std::span<const EnumName<Replacement>> enum_names(Replacement);

struct CacheParams {
  Bytes capacity{512 << 10};
  Bytes line{64};
  std::int64_t ways = 8;
  Replacement replacement = Replacement::lru;
  std::int64_t misses = 16;
  bool waits_for_line = false, warm = false;
  Cycles hit_cycles{20}, access_cycles{0};
  std::int64_t bytes_per_cycle = 16;

  void check(Faults& faults, const std::string& path) const {
    if (capacity.count() >= line.count() * ways) return;
    faults.add(join_path(path, "capacity"),
               std::to_string(capacity.count()) + " bytes are less than a set of " +
                   std::to_string(ways) + " lines of " + std::to_string(line.count()) + " bytes");
  }

  template <class V>
  static void describe(V& field) {
    field("capacity", &CacheParams::capacity, "bytes",
          "Size, of one set at least. Written lines stay until they leave; a line that is written "
          "in part is fetched first.",
          between(8, std::int64_t{1} << 32));
    field("line", &CacheParams::line, "bytes", "Line.", between(8, 4096));
    field("ways", &CacheParams::ways, "count", "Lines of a set.", between(1, 1024));
    field("replacement", &CacheParams::replacement, "", "Which line of a full set leaves.");
    field("misses", &CacheParams::misses, "count",
          "Lines that may be on their way from the memory; one more miss holds up all behind it.",
          between(1, 1 << 16));
    field("waits_for_line", &CacheParams::waits_for_line, "",
          "Whether an access to a line that is on its way holds up all behind it.");
    field("warm", &CacheParams::warm, "",
          "Whether it begins with what the program touches first, as after an earlier run; else "
          "empty.");
    field("hit_cycles", &CacheParams::hit_cycles, "cycles",
          "From the end of an access to its answer.", between(0, 1 << 20));
    field("access_cycles", &CacheParams::access_cycles, "cycles",
          "That each access takes besides its data; accesses follow each other.",
          between(0, 1 << 20));
    field("bytes_per_cycle", &CacheParams::bytes_per_cycle, "B/cycle",
          "Rate of data, of hits and of lines that come or go.", between(1, 1 << 20));
  }
};

}  // namespace npulse::arch
