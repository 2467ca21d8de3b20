// SPDX-License-Identifier: Apache-2.0
#include "traces/dram/writer.h"

#include <fmt/ostream.h>

#include <algorithm>

#include "sim/core/error.h"

namespace npulse::traces {

AccessWriter::AccessWriter(std::ostream& out, Dialect dialect) : out_{out}, dialect_{dialect} {
  ensure(can_be_written(dialect), "a dialect that cannot be written");
}

void AccessWriter::put(const MemoryAccess& access) {
  const Cycles now = std::max(last_, access.cycle.value_or(last_));
  const Cycles time = dialect_ == Dialect::rstl ? now - last_ : now;
  last_ = now;
  switch (dialect_) {
    case Dialect::native:
      fmt::print(out_, "{} {} {:#x}", access.source, access.write ? 'W' : 'R', access.address);
      if (access.bytes) fmt::print(out_, " {}", access.bytes->count());
      if (access.cycle) fmt::print(out_, " @{}", now.count());
      break;
    case Dialect::stl:
    case Dialect::rstl:
      fmt::print(out_, "{}:", time.count());
      if (access.bytes) fmt::print(out_, " ({})", access.bytes->count());
      fmt::print(out_, " {} {:#x}", access.write ? "write" : "read", access.address);
      break;
    case Dialect::ramulator:
      fmt::print(out_, "{} {:#x}", access.write ? "ST" : "LD", access.address);
      break;
    case Dialect::dramsim3:
      fmt::print(out_, "{:#x} {} {}", access.address, access.write ? "WRITE" : "READ", now.count());
      break;
    case Dialect::simpleo3:
      throw InternalError{"a dialect that cannot be written"};
  }
  out_ << '\n';
}

}  // namespace npulse::traces
