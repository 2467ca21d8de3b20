// SPDX-License-Identifier: Apache-2.0
#include "tests/support/stationary_array.h"

#include <optional>

#include "tests/support/register_grid.h"

namespace npulse::test {
namespace {

/// A tile of b that stays while all rows of a pass.
struct Fold {
  std::size_t product = 0;
  std::int64_t first_k = 0, first_n = 0;
  bool kept = false;
  std::optional<std::int64_t> load, stream;  ///< Cycles in which it begins to enter the corner.
  std::int64_t results = 0;
};

struct Moving {
  std::size_t fold = 0;
  std::int64_t row_of_a = 0, value = 0;
};

struct Weight {
  std::int64_t row = 0, value = 0;
};

struct Element {
  std::int64_t active = 0, waiting = 0, sum = 0;
  std::optional<Moving> moving;
  std::optional<Weight> passing;
};

class StationaryArray {
 public:
  StationaryArray(const arch::SystolicParams& p, const std::vector<Product>& products)
      : rows_{p.rows},
        cols_{p.cols},
        doubled_{p.weight_buffers == 2},
        products_{products},
        grid_{p.rows, p.cols} {
    for (const Product& product : products) add(product);
  }

  std::vector<ProductRun> run() {
    for (now_ = 0; !has_left(folds_.back()); ++now_) {
      control();
      grid_.clock([&](auto row, auto col, Element& element) { clock(row, col, element); });
    }
    return std::move(runs_);
  }

 private:
  void add(const Product& product) {
    // The tile used last is in the array; of the same b, it is the first one only if it is alone.
    bool kept = product.keep_weights && !folds_.empty() && folds_.back().first_k == 0 &&
                folds_.back().first_n == 0;
    for (std::int64_t n = 0; n < cols_of(product.b); n += cols_) {
      for (std::int64_t k = 0; k < rows_of(product.b); k += rows_) {
        folds_.push_back({runs_.size(), k, n, std::exchange(kept, false), {}, {}, 0});
      }
    }
    runs_.push_back({zeros(rows_of(product.a), cols_of(product.b)), 0, 0, {}});
  }

  const Matrix& a(const Fold& fold) const { return products_[fold.product].a; }
  const Matrix& b(const Fold& fold) const { return products_[fold.product].b; }
  arch::Traffic& traffic(const Fold& fold) { return runs_[fold.product].traffic; }
  bool has_left(const Fold& fold) const { return fold.results == rows_of(a(fold)) * cols_; }

  void control() {
    while (has_left(folds_[oldest_])) ++oldest_;
    for (std::size_t i = oldest_; i < folds_.size(); ++i) {
      start(folds_[i], i ? &folds_[i - 1] : nullptr);
      if (!folds_[i].stream) break;
    }
  }

  void start(Fold& fold, const Fold* before) const {
    const bool left = !before || has_left(*before);
    const bool taken = !before || before->stream;
    if (!fold.load && !fold.kept && (doubled_ ? taken : left)) fold.load = now_;
    const bool loaded = fold.kept || (fold.load && now_ >= *fold.load + rows_);
    const bool streamed =
        !before || (before->stream && now_ >= *before->stream + rows_of(a(*before)));
    if (!fold.stream && loaded && (doubled_ ? streamed : left)) fold.stream = now_;
  }

  std::optional<Moving> from_left(std::int64_t row) {
    for (std::size_t i = oldest_; i < folds_.size(); ++i) {
      const Fold& fold = folds_[i];
      if (!fold.stream) break;
      const std::int64_t m = now_ - *fold.stream - row, k = fold.first_k + row;
      if (m < 0 || m >= rows_of(a(fold))) continue;
      traffic(fold).a_reads += k < cols_of(a(fold));
      return Moving{i, m, at_or_zero(a(fold), m, k)};
    }
    return std::nullopt;
  }

  std::optional<Weight> from_top(std::int64_t col) {
    for (std::size_t i = oldest_; i < folds_.size(); ++i) {
      const Fold& fold = folds_[i];
      if (!fold.load) continue;
      const std::int64_t step = now_ - *fold.load - col;
      if (step < 0 || step >= rows_) continue;
      const std::int64_t row = rows_ - 1 - step, k = fold.first_k + row, n = fold.first_n + col;
      traffic(fold).b_reads += k < rows_of(b(fold)) && n < cols_of(b(fold));
      return Weight{row, at_or_zero(b(fold), k, n)};
    }
    return std::nullopt;
  }

  void clock(std::int64_t row, std::int64_t col, Element& element) {
    element.moving = col == 0 ? from_left(row) : grid_.before(row, col - 1).moving;
    element.passing = row == 0 ? from_top(col) : grid_.before(row - 1, col).passing;
    if (element.moving) multiply(row, col, element);
    if (element.passing && element.passing->row == row) {
      (doubled_ ? element.waiting : element.active) = element.passing->value;
      element.passing.reset();
    }
  }

  void multiply(std::int64_t row, std::int64_t col, Element& element) {
    const Fold& fold = folds_[element.moving->fold];
    if (doubled_ && !fold.kept && element.moving->row_of_a == 0) element.active = element.waiting;
    const std::int64_t above = row == 0 ? 0 : grid_.before(row - 1, col).sum;
    element.sum = above + element.moving->value * element.active;
    runs_[fold.product].macs +=
        fold.first_k + row < rows_of(b(fold)) && fold.first_n + col < cols_of(b(fold));
    if (row == rows_ - 1) take_result(*element.moving, col, element.sum);
  }

  void take_result(const Moving& moving, std::int64_t col, std::int64_t sum) {
    Fold& fold = folds_[moving.fold];
    ProductRun& run = runs_[fold.product];
    run.last_cycle = now_;
    ++fold.results;
    const std::int64_t n = fold.first_n + col;
    if (n >= cols_of(run.c)) return;
    run.traffic.c_reads += fold.first_k > 0;
    ++run.traffic.c_writes;
    run.c[static_cast<std::size_t>(moving.row_of_a)][static_cast<std::size_t>(n)] += sum;
  }

  std::int64_t rows_, cols_;
  bool doubled_;
  const std::vector<Product>& products_;
  RegisterGrid<Element> grid_;
  std::vector<Fold> folds_;
  std::vector<ProductRun> runs_;
  std::size_t oldest_ = 0;  ///< All folds before it have left the array.
  std::int64_t now_ = 0;
};

}  // namespace

std::vector<ProductRun> run_stationary_array(const arch::SystolicParams& params,
                                             const std::vector<Product>& products) {
  return StationaryArray{params, products}.run();
}

}  // namespace npulse::test
