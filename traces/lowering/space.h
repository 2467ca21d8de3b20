// SPDX-License-Identifier: Apache-2.0
// Hands out addresses of one memory, and says who asked for what when it is too small.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "sim/core/units.h"

namespace npulse::lowering {

/// Bump allocator; asking for too much is found by check(), so that the message can list
/// everything.
class SpaceAllocator {
 public:
  /// `what` names the memory in messages, e.g. "scratchpad of rngd".
  SpaceAllocator(std::string what, Bytes capacity, Bytes alignment)
      : what_{std::move(what)}, capacity_{capacity}, alignment_{alignment} {}

  Address take(const std::string& purpose, Bytes bytes);
  Bytes used() const { return Bytes{static_cast<std::int64_t>(next_)}; }
  Bytes left() const { return used() < capacity_ ? capacity_ - used() : Bytes{0}; }
  Bytes alignment() const { return alignment_; }
  /// Throws InputError (at `where`) with needs, has and the largest asker when over capacity.
  void check(const std::string& where, const std::string& hint) const;

 private:
  std::string what_;
  Bytes capacity_, alignment_;
  Address next_ = 0;
  std::vector<std::pair<std::string, Bytes>> taken_;
};

}  // namespace npulse::lowering
