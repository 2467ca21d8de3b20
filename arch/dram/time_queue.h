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
  std::size_t size() const { return last_ - first_; }
  const T& front() const { return ring_[first_ & mask_]; }
  const T& operator[](std::size_t i) const { return ring_[(first_ + i) & mask_]; }
  void pop() { ++first_; }
  void clear() { first_ = last_; }
  bool operator==(const TimeQueue& other) const {
    if (size() != other.size()) return false;
    for (std::size_t i = first_, j = other.first_; i != last_; ++i, ++j) {
      if (ring_[i & mask_] != other.ring_[j & other.mask_]) return false;
    }
    return true;
  }

  /// Behind all that come no later.
  void push(const T& item) {
    if (size() > mask_) grow();
    std::size_t place = last_++;
    for (; place != first_ && item.*Time < ring_[(place - 1) & mask_].*Time; --place) {
      ring_[place & mask_] = ring_[(place - 1) & mask_];
    }
    ring_[place & mask_] = item;
  }

 private:
  void grow() {
    std::vector<T> larger(2 * ring_.size());
    for (std::size_t i = first_; i != last_; ++i) larger[i - first_] = ring_[i & mask_];
    last_ -= first_;
    first_ = 0;
    ring_.swap(larger);
    mask_ = ring_.size() - 1;
  }

  std::vector<T> ring_ = std::vector<T>(16);  // a power of two
  std::size_t mask_ = 15;                     // kept, because size() of a vector divides
  std::size_t first_ = 0, last_ = 0;          // counted on, masked when used
};

}  // namespace npulse::dram
