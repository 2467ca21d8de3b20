// SPDX-License-Identifier: Apache-2.0
// Hands out addresses of one memory, and says who asked for what when it is too small.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "sim/core/units.h"

namespace npulse::lowering {

/// Of what lies in DRAM: a round over the channels of any chip, or several. Long transfers then ask
/// all channels for the same, and begin with a row.
constexpr Bytes kMostAlignment{65536};

/// Bump allocator; asking for too much is found by check(), so that the message can list
/// everything.
class SpaceAllocator {
 public:
  /// `what` names the memory in messages, e.g. "scratchpad of rngd". Everything is aligned to
  /// `alignment`, and what is large to more, up to `most_alignment`.
  SpaceAllocator(std::string what, Bytes capacity, Bytes alignment, Bytes most_alignment)
      : what_{std::move(what)},
        capacity_{capacity},
        alignment_{alignment},
        most_alignment_{most_alignment} {}
  SpaceAllocator(std::string what, Bytes capacity, Bytes alignment)
      : SpaceAllocator{std::move(what), capacity, alignment, alignment} {}

  /// At a multiple of its own size, as far as there are such alignments.
  Address take(const std::string& purpose, Bytes bytes);
  /// From one run of `bytes` to the next in a region of many: aligned to a 32nd of it, so that no
  /// more is lost.
  Bytes stride(Bytes bytes) const;
  Bytes used() const { return Bytes{static_cast<std::int64_t>(next_)}; }
  Bytes left() const { return used() < capacity_ ? capacity_ - used() : Bytes{0}; }
  /// Throws InputError (at `where`) with needs, has and the largest asker when over capacity.
  void check(const std::string& where, const std::string& hint) const;

 private:
  std::int64_t alignment_of(Bytes bytes) const;

  std::string what_;
  Bytes capacity_, alignment_, most_alignment_;
  Address next_ = 0;
  std::vector<std::pair<std::string, Bytes>> taken_;
};

}  // namespace npulse::lowering
