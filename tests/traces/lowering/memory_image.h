// SPDX-License-Identifier: Apache-2.0
// Who last wrote and read every byte, as vector clocks: two accesses that nothing orders are a
// race.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "tests/traces/lowering/access.h"
#include "traces/lowering/target.h"

namespace npulse::test {

/// By thread (queue of a core): how many of its instructions have happened.
using Clock = std::vector<std::uint32_t>;

void join(Clock& clock, const Clock& other);

class MemoryImage {
 public:
  MemoryImage(const lowering::Target& target, std::uint32_t cores);
  /// `thread` touches memory at `clock` (its own instruction counted).
  void touch(const Access& access, std::size_t thread, const Clock& clock);
  const std::vector<std::string>& faults() const { return faults_; }

 private:
  /// History of a run of bytes: the last write, and by thread the last read since.
  struct Run {
    Address last;
    bool written = false;
    std::size_t writer = 0;
    std::uint32_t write_time = 0;
    std::map<std::size_t, std::uint32_t> reads;
  };
  using Runs = std::map<Address, Run>;

  void split_at(Runs& runs, Address at);
  void fault(const Access& access, const char* what);

  std::int64_t capacity(isa::Space space) const;
  const lowering::Target& target_;
  std::map<std::pair<isa::Space, std::uint32_t>, Runs> spaces_;
  std::vector<std::string> faults_;
};

}  // namespace npulse::test
