// SPDX-License-Identifier: Apache-2.0
// Remembers the commands of a channel.
#pragma once

#include <vector>

#include "arch/dram/request.h"

namespace npulse::testing {

class CommandLog : public dram::CommandObserver {
 public:
  void command(const dram::CommandRecord& record) override { records.push_back(record); }
  std::vector<dram::CommandRecord> of(dram::Command command) const {
    std::vector<dram::CommandRecord> result;
    for (const auto& r : records) {
      if (r.command == command) result.push_back(r);
    }
    return result;
  }
  /// Changes between reading and writing.
  int turnarounds() const {
    int count = 0;
    const dram::CommandRecord* last = nullptr;
    for (const auto& r : records) {
      if (!is_column(r.command)) continue;
      if (last && last->command != r.command) ++count;
      last = &r;
    }
    return count;
  }
  std::vector<dram::CommandRecord> records;
};

}  // namespace npulse::testing
