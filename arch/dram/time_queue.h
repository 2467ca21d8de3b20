// SPDX-License-Identifier: Apache-2.0
// What is to come, the soonest first.
#pragma once

#include <cstddef>
#include <vector>

namespace npulse::dram {

/// A queue in order of the member `Time`. Most are pushed in that order, or nearly.
template <class T, auto Time>
class TimeQueue {
 public:
  bool empty() const { return first_ == last_; }
  const T& front() const { return ring_[first_ & mask()]; }
  void pop() { ++first_; }
  bool operator==(const TimeQueue& other) const {
    if (last_ - first_ != other.last_ - other.first_) return false;
    for (std::size_t i = first_, j = other.first_; i != last_; ++i, ++j) {
      if (ring_[i & mask()] != other.ring_[j & other.mask()]) return false;
    }
    return true;
  }

  /// Behind all that come no later.
  void push(const T& item) {
    if (last_ - first_ == ring_.size()) grow();
    std::size_t place = last_++;
    for (; place != first_ && item.*Time < ring_[(place - 1) & mask()].*Time; --place) {
      ring_[place & mask()] = ring_[(place - 1) & mask()];
    }
    ring_[place & mask()] = item;
  }

 private:
  std::size_t mask() const { return ring_.size() - 1; }
  void grow() {
    std::vector<T> larger(2 * ring_.size());
    for (std::size_t i = first_; i != last_; ++i) larger[i - first_] = ring_[i & mask()];
    last_ -= first_;
    first_ = 0;
    ring_.swap(larger);
  }

  std::vector<T> ring_ = std::vector<T>(16);  // a power of two
  std::size_t first_ = 0, last_ = 0;          // counted on, masked when used
};

}  // namespace npulse::dram
