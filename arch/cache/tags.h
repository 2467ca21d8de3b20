// SPDX-License-Identifier: Apache-2.0
// Which lines a set-associative cache holds: no time, no data.
#pragma once

#include <optional>
#include <vector>

#include "arch/cache/params.h"

namespace npulse::arch {

class Tags {
 public:
  struct Line {
    Address number = 0;  ///< Address / size of a line.
    bool dirty = false;
    bool coming = false;  ///< On its way from the memory: it cannot leave.
  };

  explicit Tags(const CacheParams& params);

  /// The line, now the most recently used of its set; nullptr: not held. Valid until the next call.
  Line* find(Address number);
  /// False: all lines of the set are on their way.
  bool room_for(Address number) const;
  /// Whether the line's set was never full.
  bool has_empty_way(Address number) const { return sets_[number % sets_.size()].size() < ways_; }
  /// Makes room for a line and holds it; what left. Requires room_for().
  std::optional<Line> insert(const Line& line);

 private:
  std::size_t victim(const std::vector<Line>& set);

  std::size_t ways_;
  Replacement replacement_;
  std::vector<std::vector<Line>> sets_;  ///< The most recently used first.
  std::uint64_t random_ = 1;
};

}  // namespace npulse::arch
