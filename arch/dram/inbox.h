// SPDX-License-Identifier: Apache-2.0
// Requests on their way to the scheduler's queues, in order of arrival.
#pragma once

#include <cstddef>
#include <vector>

#include "arch/dram/request.h"

namespace npulse::dram {

class Inbox {
 public:
  bool empty() const { return first_ == last_; }
  const Request& front() const { return ring_[first_ & mask()]; }
  void pop() { ++first_; }
  bool operator==(const Inbox& other) const {
    if (last_ - first_ != other.last_ - other.first_) return false;
    for (std::size_t i = first_, j = other.first_; i != last_; ++i, ++j) {
      if (ring_[i & mask()] != other.ring_[j & other.mask()]) return false;
    }
    return true;
  }

  /// Behind all that arrive no later.
  void push(const Request& request) {
    if (last_ - first_ == ring_.size()) grow();
    std::size_t place = last_++;
    for (; place != first_ && request.arrival < ring_[(place - 1) & mask()].arrival; --place) {
      ring_[place & mask()] = ring_[(place - 1) & mask()];
    }
    ring_[place & mask()] = request;
  }

 private:
  std::size_t mask() const { return ring_.size() - 1; }
  void grow() {
    std::vector<Request> larger(2 * ring_.size());
    for (std::size_t i = first_; i != last_; ++i) larger[i - first_] = ring_[i & mask()];
    last_ -= first_;
    first_ = 0;
    ring_.swap(larger);
  }

  std::vector<Request> ring_ = std::vector<Request>(16);  // a power of two
  std::size_t first_ = 0, last_ = 0;                      // counted on, masked when used
};

}  // namespace npulse::dram
