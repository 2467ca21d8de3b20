// SPDX-License-Identifier: Apache-2.0
// A grid of elements whose outputs are registers: what models of systolic arrays are made of.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

namespace npulse::test {

template <class Element>
class RegisterGrid {
 public:
  RegisterGrid(std::int64_t rows, std::int64_t cols)
      : rows_{rows}, cols_{cols}, before_(static_cast<std::size_t>(rows * cols)), after_{before_} {}

  /// What the element held when the clock came.
  const Element& before(std::int64_t row, std::int64_t col) const {
    return before_[index(row, col)];
  }

  /// One clock: calls next(row, col, element), which sees neighbours only through before().
  template <class Next>
  void clock(Next&& next) {
    after_ = before_;
    for (std::int64_t row = 0; row < rows_; ++row) {
      for (std::int64_t col = 0; col < cols_; ++col) next(row, col, after_[index(row, col)]);
    }
    std::swap(before_, after_);
  }

 private:
  std::size_t index(std::int64_t row, std::int64_t col) const {
    return static_cast<std::size_t>(row * cols_ + col);
  }

  std::int64_t rows_, cols_;
  std::vector<Element> before_, after_;
};

}  // namespace npulse::test
