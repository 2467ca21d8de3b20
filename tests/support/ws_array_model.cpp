// SPDX-License-Identifier: Apache-2.0
#include "tests/support/ws_array_model.h"

#include <optional>

namespace npulse::test {
namespace {

struct Activation {
  std::size_t fold, row_of_a;
  std::int64_t value;
};

struct Weight {
  std::int64_t row, value;
};

struct Element {
  std::int64_t active = 0, waiting = 0, sum = 0;
  std::optional<Activation> activation;
  std::optional<Weight> passing;
};

struct Fold {
  std::int64_t first_k, first_n;
  std::optional<std::int64_t> load, stream;  ///< Cycles in which it begins to enter the corner.
  std::int64_t results = 0;
};

class WsArray {
 public:
  WsArray(std::int64_t rows, std::int64_t cols, int buffers, const Matrix& a, const Matrix& b)
      : rows_{rows}, cols_{cols}, buffers_{buffers}, a_{a}, b_{b} {
    const auto k = size(b), n = size(b[0]);
    for (std::int64_t first_n = 0; first_n < n; first_n += cols) {
      for (std::int64_t first_k = 0; first_k < k; first_k += rows) {
        folds_.push_back({first_k, first_n, {}, {}, 0});
      }
    }
    result_.c.assign(a.size(), std::vector<std::int64_t>(b[0].size()));
    grid_.assign(static_cast<std::size_t>(rows * cols), {});
  }

  WsResult run() {
    for (now_ = 0; folds_.back().results < size(a_) * cols_; ++now_) {
      control();
      step();
    }
    result_.last_cycle = now_ - 1;
    return result_;
  }

 private:
  template <class V>
  static std::int64_t size(const V& v) {
    return static_cast<std::int64_t>(v.size());
  }

  Element& at(std::vector<Element>& grid, std::int64_t r, std::int64_t c) const {
    return grid[static_cast<std::size_t>(r * cols_ + c)];
  }

  void control() {
    for (std::size_t i = 0; i < folds_.size(); ++i) {
      Fold& fold = folds_[i];
      const Fold* before = i ? &folds_[i - 1] : nullptr;
      const bool left = !before || before->results == size(a_) * cols_;
      const bool taken = !before || (before->stream && *before->stream <= now_);
      if (!fold.load && (buffers_ == 1 ? left : taken)) fold.load = now_;
      const bool loaded = fold.load && now_ >= *fold.load + rows_;
      const bool corner = !before || (before->stream && now_ >= *before->stream + size(a_));
      if (!fold.stream && loaded && corner) fold.stream = now_;
    }
  }

  std::optional<Activation> from_left(std::int64_t r) const {
    for (std::size_t i = 0; i < folds_.size(); ++i) {
      const Fold& fold = folds_[i];
      if (!fold.stream) continue;
      const std::int64_t m = now_ - *fold.stream - r, k = fold.first_k + r;
      if (m < 0 || m >= size(a_)) continue;
      const auto& row = a_[static_cast<std::size_t>(m)];
      const std::int64_t value = k < size(row) ? row[static_cast<std::size_t>(k)] : 0;
      return Activation{i, static_cast<std::size_t>(m), value};
    }
    return std::nullopt;
  }

  std::optional<Weight> from_top(std::int64_t c) const {
    for (const Fold& fold : folds_) {
      if (!fold.load) continue;
      const std::int64_t i = now_ - *fold.load - c;
      if (i < 0 || i >= rows_) continue;
      const std::int64_t row = rows_ - 1 - i, k = fold.first_k + row, n = fold.first_n + c;
      const bool inside = k < size(b_) && n < size(b_[0]);
      return Weight{row, inside ? b_[static_cast<std::size_t>(k)][static_cast<std::size_t>(n)] : 0};
    }
    return std::nullopt;
  }

  void step() {
    std::vector<Element> next = grid_;
    for (std::int64_t r = 0; r < rows_; ++r) {
      for (std::int64_t c = 0; c < cols_; ++c) clock(next, r, c);
    }
    grid_ = std::move(next);
  }

  void clock(std::vector<Element>& next, std::int64_t r, std::int64_t c) {
    Element& element = at(next, r, c);
    element.activation = c == 0 ? from_left(r) : at(grid_, r, c - 1).activation;
    element.passing = r == 0 ? from_top(c) : at(grid_, r - 1, c).passing;
    if (element.activation) {
      if (buffers_ == 2 && element.activation->row_of_a == 0) {
        element.active = at(grid_, r, c).waiting;
      }
      const std::int64_t above = r == 0 ? 0 : at(grid_, r - 1, c).sum;
      element.sum = above + element.activation->value * element.active;
      if (r == rows_ - 1) take_result(*element.activation, c, element.sum);
    }
    if (element.passing && element.passing->row == r) {
      (buffers_ == 2 ? element.waiting : element.active) = element.passing->value;
      element.passing.reset();
    }
  }

  void take_result(const Activation& activation, std::int64_t c, std::int64_t sum) {
    Fold& fold = folds_[activation.fold];
    ++fold.results;
    const std::int64_t n = fold.first_n + c;
    auto& row = result_.c[activation.row_of_a];
    if (n < size(row)) row[static_cast<std::size_t>(n)] += sum;
  }

  std::int64_t rows_, cols_;
  int buffers_;
  const Matrix& a_;
  const Matrix& b_;
  std::vector<Fold> folds_;
  std::vector<Element> grid_;
  std::int64_t now_ = 0;
  WsResult result_;
};

}  // namespace

WsResult run_ws_array(std::int64_t rows, std::int64_t cols, int weight_buffers, const Matrix& a,
                      const Matrix& b) {
  return WsArray{rows, cols, weight_buffers, a, b}.run();
}

}  // namespace npulse::test
