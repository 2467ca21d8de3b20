// SPDX-License-Identifier: Apache-2.0
#include "tests/support/dot_product_model.h"

#include <deque>
#include <optional>

namespace npulse::test {
namespace {

struct Block {
  std::int64_t m, n;
  Matrix sums;
};

class DotProducts {
 public:
  DotProducts(const arch::DotProductParams& p, const Product& product)
      : p_{p},
        a_{product.a},
        b_{product.b},
        tree_(static_cast<std::size_t>(p.latency.count())),
        run_{zeros(rows_of(a_), cols_of(b_)), 0, 0, {}} {}

  ProductRun run() {
    for (std::int64_t m = 0; m < rows_of(a_); m += p_.m0) {
      for (std::int64_t n = 0; n < cols_of(b_); n += p_.n0) {
        for (std::int64_t k = 0; k < rows_of(b_); k += p_.k0) clock(enter(m, n, k));
      }
    }
    for (Cycles idle{0}; idle < p_.latency; ++idle) clock(std::nullopt);
    return std::move(run_);
  }

 private:
  Block enter(std::int64_t first_m, std::int64_t first_n, std::int64_t first_k) {
    Block block{first_m, first_n, zeros(p_.m0, p_.n0)};
    for (std::int64_t m = 0; m < p_.m0; ++m) {
      for (std::int64_t n = 0; n < p_.n0; ++n) {
        auto& sum = block.sums[static_cast<std::size_t>(m)][static_cast<std::size_t>(n)];
        sum = dot(first_m + m, first_n + n, first_k);
      }
    }
    return block;
  }

  std::int64_t dot(std::int64_t m, std::int64_t n, std::int64_t first_k) {
    std::int64_t sum = 0;
    for (std::int64_t k = first_k; k < first_k + p_.k0; ++k) {
      sum += at_or_zero(a_, m, k) * at_or_zero(b_, k, n);
      run_.macs += m < rows_of(a_) && n < cols_of(b_) && k < rows_of(b_);
    }
    return sum;
  }

  void clock(std::optional<Block> entering) {
    tree_.push_back(std::move(entering));
    if (tree_.front()) add(*tree_.front());
    tree_.pop_front();
    ++run_.last_cycle;
  }

  void add(const Block& block) {
    for (std::int64_t m = block.m; m < std::min(block.m + p_.m0, rows_of(run_.c)); ++m) {
      for (std::int64_t n = block.n; n < std::min(block.n + p_.n0, cols_of(run_.c)); ++n) {
        run_.c[static_cast<std::size_t>(m)][static_cast<std::size_t>(n)] +=
            at_or_zero(block.sums, m - block.m, n - block.n);
      }
    }
  }

  const arch::DotProductParams& p_;
  const Matrix& a_;
  const Matrix& b_;
  std::deque<std::optional<Block>> tree_;
  ProductRun run_;
};

}  // namespace

ProductRun run_dot_products(const arch::DotProductParams& params, const Product& product) {
  return DotProducts{params, product}.run();
}

}  // namespace npulse::test
