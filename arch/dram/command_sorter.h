// SPDX-License-Identifier: Apache-2.0
// Puts commands that were reserved out of order back into the order of time.
#pragma once

#include <queue>
#include <vector>

#include "arch/dram/request.h"

namespace npulse::dram {

class CommandSorter : public CommandObserver {
 public:
  explicit CommandSorter(CommandObserver& next) : next_{&next} {}

  void command(const CommandRecord& record) override { waiting_.push({record, count_++}); }
  /// No command before `tick` will come any more.
  void release(Cycles tick) {
    for (; !waiting_.empty() && waiting_.top().record.at < tick; waiting_.pop()) {
      next_->command(waiting_.top().record);
    }
  }

 private:
  struct Entry {
    CommandRecord record;
    std::uint64_t number;
    bool operator<(const Entry& other) const {  // the earliest is on top
      return record.at != other.record.at ? record.at > other.record.at : number > other.number;
    }
  };
  CommandObserver* next_;
  std::priority_queue<Entry> waiting_;
  std::uint64_t count_ = 0;
};

}  // namespace npulse::dram
