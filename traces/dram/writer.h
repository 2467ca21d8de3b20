// SPDX-License-Identifier: Apache-2.0
// Writes accesses as lines of a dialect. What the dialect cannot say is left out.
#pragma once

#include <ostream>

#include "traces/dram/access.h"
#include "traces/dram/dialect.h"

namespace npulse::traces {

class AccessWriter {
 public:
  /// The dialect must be one that can_be_written().
  AccessWriter(std::ostream& out, Dialect dialect);

  /// An access without a time, or with an earlier one, gets that of the access before it.
  void put(const MemoryAccess& access);

 private:
  std::ostream& out_;
  Dialect dialect_;
  Cycles last_{0};
};

}  // namespace npulse::traces
