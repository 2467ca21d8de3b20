// SPDX-License-Identifier: Apache-2.0
// A list in order of age, of which most leave near the front.
#pragma once

#include <algorithm>
#include <cstddef>
#include <span>
#include <utility>
#include <vector>

namespace npulse::dram {

/// Oldest first.
template <class T>
class AgeList {
 public:
  bool empty() const { return first_ == last_; }
  std::size_t size() const { return last_ - first_; }
  const T& operator[](std::size_t i) const { return list_[first_ + i]; }
  T& operator[](std::size_t i) { return list_[first_ + i]; }
  T& back() { return list_[last_ - 1]; }
  const T* begin() const { return list_.data() + first_; }
  const T* end() const { return list_.data() + last_; }
  /// The oldest ones, up to `count`.
  std::span<const T> oldest(std::size_t count) const { return {begin(), std::min(size(), count)}; }
  bool operator==(const AgeList& other) const {
    return std::equal(begin(), end(), other.begin(), other.end());
  }

  template <class... Args>
  void push(Args&&... args) {
    list_.emplace_back(std::forward<Args>(args)...);
    ++last_;
  }
  void remove(std::size_t i) {
    for (; i > 0; --i) (*this)[i] = (*this)[i - 1];
    if (++first_ < kSlack) return;
    list_.erase(list_.begin(), list_.begin() + static_cast<std::ptrdiff_t>(first_));
    last_ -= first_;
    first_ = 0;
  }
  void clear() {
    list_.clear();
    first_ = last_ = 0;
  }

 private:
  static constexpr std::size_t kSlack = 64;
  std::vector<T> list_;
  std::size_t first_ = 0, last_ = 0;  // last_ is kept, because size() of a vector divides
};

}  // namespace npulse::dram
