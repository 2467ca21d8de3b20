// SPDX-License-Identifier: Apache-2.0
#include "tests/support/output_array.h"

#include <optional>

#include "tests/support/register_grid.h"

namespace npulse::test {
namespace {

/// A tile of c that stays while all of k passes.
struct Fold {
  std::size_t product = 0;
  std::int64_t first_m = 0, first_n = 0;
  std::optional<std::int64_t> stream;  ///< Cycle in which it begins to enter the corner.
  std::int64_t results = 0;
};

struct Operand {
  std::size_t fold = 0;
  std::int64_t k = 0, value = 0;
};

struct Element {
  std::optional<Operand> from_left, from_top;
  std::int64_t sum = 0;
};

class OutputArray {
 public:
  OutputArray(const arch::SystolicParams& p, const std::vector<Product>& products)
      : rows_{p.rows},
        cols_{p.cols},
        products_{products},
        grid_{p.rows, p.cols},
        bus_taken_(static_cast<std::size_t>(p.cols)) {
    for (const Product& product : products) add(product);
  }

  std::vector<ProductRun> run() {
    for (now_ = 0; current_ < folds_.size(); ++now_) {
      Fold& fold = folds_[current_];
      if (!fold.stream) fold.stream = now_;
      bus_taken_.assign(bus_taken_.size(), false);
      grid_.clock([&](auto row, auto col, Element& element) { clock(row, col, element); });
      if (fold.results == rows_ * cols_) ++current_;
    }
    return std::move(runs_);
  }

 private:
  void add(const Product& product) {
    for (std::int64_t m = 0; m < rows_of(product.a); m += rows_) {
      for (std::int64_t n = 0; n < cols_of(product.b); n += cols_) {
        folds_.push_back({runs_.size(), m, n, {}, 0});
      }
    }
    runs_.push_back({zeros(rows_of(product.a), cols_of(product.b)), 0, 0, {}});
  }

  /// What enters at the edge `skew` rows or columns from the corner: some k, or nothing.
  std::optional<std::int64_t> entering(std::int64_t skew) const {
    const Fold& fold = folds_[current_];
    const std::int64_t k = now_ - *fold.stream - skew;
    if (k < 0 || k >= rows_of(products_[fold.product].b)) return std::nullopt;
    return k;
  }

  std::optional<Operand> enter_left(std::int64_t row) {
    const auto k = entering(row);
    if (!k) return std::nullopt;
    const Fold& fold = folds_[current_];
    const Matrix& a = products_[fold.product].a;
    runs_[fold.product].traffic.a_reads += fold.first_m + row < rows_of(a);
    return Operand{current_, *k, at_or_zero(a, fold.first_m + row, *k)};
  }

  std::optional<Operand> enter_top(std::int64_t col) {
    const auto k = entering(col);
    if (!k) return std::nullopt;
    const Fold& fold = folds_[current_];
    const Matrix& b = products_[fold.product].b;
    runs_[fold.product].traffic.b_reads += fold.first_n + col < cols_of(b);
    return Operand{current_, *k, at_or_zero(b, *k, fold.first_n + col)};
  }

  void clock(std::int64_t row, std::int64_t col, Element& element) {
    element.from_left = col == 0 ? enter_left(row) : grid_.before(row, col - 1).from_left;
    element.from_top = row == 0 ? enter_top(col) : grid_.before(row - 1, col).from_top;
    if (!element.from_left) return;
    const Operand &a = *element.from_left, &b = element.from_top.value();
    ensure(a.fold == b.fold && a.k == b.k, "operands met that do not belong together");
    element.sum = (a.k == 0 ? 0 : element.sum) + a.value * b.value;
    const Fold& fold = folds_[a.fold];
    const ProductRun& run = runs_[fold.product];
    const bool exists = fold.first_m + row < rows_of(run.c) && fold.first_n + col < cols_of(run.c);
    runs_[fold.product].macs += exists;
    if (a.k == rows_of(products_[fold.product].b) - 1) take_result(row, col, element.sum, exists);
  }

  void take_result(std::int64_t row, std::int64_t col, std::int64_t sum, bool exists) {
    ensure(!bus_taken_[static_cast<std::size_t>(col)], "two sums met on the bus of a column");
    bus_taken_[static_cast<std::size_t>(col)] = true;
    Fold& fold = folds_[current_];
    ProductRun& run = runs_[fold.product];
    run.last_cycle = now_;
    ++fold.results;
    if (!exists) return;
    ++run.traffic.c_writes;
    run.c[static_cast<std::size_t>(fold.first_m + row)]
         [static_cast<std::size_t>(fold.first_n + col)] = sum;
  }

  std::int64_t rows_, cols_;
  const std::vector<Product>& products_;
  RegisterGrid<Element> grid_;
  std::vector<bool> bus_taken_;
  std::vector<Fold> folds_;
  std::vector<ProductRun> runs_;
  std::size_t current_ = 0;
  std::int64_t now_ = 0;
};

}  // namespace

std::vector<ProductRun> run_output_array(const arch::SystolicParams& params,
                                         const std::vector<Product>& products) {
  return OutputArray{params, products}.run();
}

}  // namespace npulse::test
