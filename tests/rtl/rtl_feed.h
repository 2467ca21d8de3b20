// SPDX-License-Identifier: Apache-2.0
// The operand memories of a SystemVerilog array, and the adders of its results.
#pragma once

#include "tests/support/array_model.h"

namespace npulse::test {

/// Folds go down first, then across.
class RtlFeed {
 public:
  /// `product` lives as long as the feed; for is it is the mirrored one.
  RtlFeed(const arch::SystolicParams& params, const Product& product)
      : params_{params},
        product_{product},
        sums_stay_{params.dataflow == arch::Dataflow::os},
        m_{rows_of(product.a)},
        n_{cols_of(product.b)},
        k_{rows_of(product.b)},
        down_{ceil_div(sums_stay_ ? m_ : k_, params.rows)},
        sums_{zeros(m_, n_)} {}

  std::int64_t folds() const { return down_ * ceil_div(n_, params_.cols); }
  std::int64_t steps() const { return sums_stay_ ? k_ : m_; }

  std::int64_t streamed_left(std::int64_t fold, std::int64_t step, std::int64_t row) const {
    const std::int64_t line = first_row(fold) + row;
    return sums_stay_ ? at_or_zero(product_.a, line, step) : at_or_zero(product_.a, step, line);
  }
  std::int64_t streamed_top(std::int64_t fold, std::int64_t step, std::int64_t col) const {
    return at_or_zero(product_.b, step, first_col(fold) + col);
  }
  std::int64_t loaded_top(std::int64_t fold, std::int64_t row, std::int64_t col) const {
    return at_or_zero(product_.b, first_row(fold) + row, first_col(fold) + col);
  }

  /// The next row of results.
  void take(const std::vector<std::int64_t>& results) {
    const std::int64_t fold = taken_ / results_per_fold(), index = taken_ % results_per_fold();
    const std::int64_t m = sums_stay_ ? first_row(fold) + index : index;
    ++taken_;
    if (m >= m_) return;
    auto& row = sums_[static_cast<std::size_t>(m)];
    for (std::int64_t c = 0; c < params_.cols && first_col(fold) + c < n_; ++c) {
      row[static_cast<std::size_t>(first_col(fold) + c)] += results[static_cast<std::size_t>(c)];
    }
  }
  bool complete() const { return taken_ == folds() * results_per_fold(); }
  const Matrix& sums() const { return sums_; }

 private:
  std::int64_t first_row(std::int64_t fold) const { return fold % down_ * params_.rows; }
  std::int64_t first_col(std::int64_t fold) const { return fold / down_ * params_.cols; }
  std::int64_t results_per_fold() const { return sums_stay_ ? params_.rows : m_; }

  const arch::SystolicParams& params_;
  const Product& product_;
  bool sums_stay_;
  std::int64_t m_, n_, k_, down_;
  std::int64_t taken_ = 0;
  Matrix sums_;
};

}  // namespace npulse::test
