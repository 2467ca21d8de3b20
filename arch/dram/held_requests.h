// SPDX-License-Identifier: Apache-2.0
// Requests that may not pass others to the same bursts: a write behind its merge read, a read
// behind a write. They count in the queues, and wait beside them.
#pragma once

#include <array>
#include <vector>

#include "arch/dram/request_window.h"

namespace npulse::dram {

class HeldRequests {
 public:
  explicit HeldRequests(std::size_t banks) : by_bank_(banks) {}

  std::int64_t bursts(Direction d) const { return bursts_[static_cast<std::size_t>(d)]; }
  bool holds(std::size_t bank) const { return !by_bank_[bank].empty(); }

  /// Whether `request` must wait, for one that is held or one in the window.
  bool must_wait(const Request& request, const RequestWindow& window) const;
  void hold(const Request& request);
  /// Hands to the window what has nothing more to wait for, after one of the bank was served.
  void release(std::size_t bank, RequestWindow& window);

 private:
  std::vector<std::vector<Request>> by_bank_;  ///< In the order in which they came.
  std::array<std::int64_t, 2> bursts_{};
};

}  // namespace npulse::dram
