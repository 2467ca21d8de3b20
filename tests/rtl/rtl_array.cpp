// SPDX-License-Identifier: Apache-2.0
#include "tests/rtl/rtl_array.h"

#include <Vis_4x4_1.h>
#include <Vis_5x3_2.h>
#include <Vos_1x1_1.h>
#include <Vos_4x7_1.h>
#include <Vos_7x3_2.h>
#include <Vws_17x13_2.h>
#include <Vws_1x1_2.h>
#include <Vws_3x5_2.h>
#include <Vws_6x2_1.h>

#include "tests/rtl/rtl_feed.h"

namespace npulse::test {
namespace {

template <class Model>
class Verilated : public RtlArray {
 public:
  using RtlArray::RtlArray;

  RtlRun run(const Product& product) override {
    if (params().dataflow != arch::Dataflow::is) return run_as_fed(product);
    RtlRun mirror = run_as_fed({transposed(product.b), transposed(product.a)});
    return {transposed(mirror.c), mirror.last_cycle};
  }

 private:
  RtlRun run_as_fed(const Product& product) {
    RtlFeed feed{params(), product};
    reset(feed);
    for (std::int64_t cycle = 0;; ++cycle) {
      clock(feed);
      if (!model_.result_valid) continue;
      feed.take(results());
      if (feed.complete()) return {feed.sums(), cycle};
    }
  }

  /// Long enough for what is in the array to leave it.
  void reset(const RtlFeed& feed) {
    model_.folds = static_cast<IData>(feed.folds());
    model_.steps = static_cast<IData>(feed.steps());
    model_.reset = 1;
    for (std::int64_t i = 0; i < params().rows + params().cols; ++i) clock(feed);
    model_.reset = 0;
  }

  void clock(const RtlFeed& feed) {
    model_.clk = 0;
    model_.eval();
    for (std::int64_t row = 0; row < params().rows; ++row) {
      model_.left[row] = byte(feed.streamed_left(model_.stream_fold, model_.stream_step, row));
    }
    for (std::int64_t col = 0; col < params().cols; ++col) model_.top[col] = byte(top(feed, col));
    model_.clk = 1;
    model_.eval();
  }

  std::int64_t top(const RtlFeed& feed, std::int64_t col) const {
    return params().dataflow == arch::Dataflow::os
               ? feed.streamed_top(model_.stream_fold, model_.stream_step, col)
               : feed.loaded_top(model_.load_fold, model_.load_row, col);
  }

  std::vector<std::int64_t> results() const {
    std::vector<std::int64_t> row;
    for (std::int64_t col = 0; col < params().cols; ++col) {
      row.push_back(static_cast<std::int32_t>(model_.results[col]));
    }
    return row;
  }

  static CData byte(std::int64_t value) { return static_cast<CData>(value & 0xFF); }

  Model model_;
};

template <class Model>
std::unique_ptr<RtlArray> make(arch::Dataflow dataflow, std::int64_t rows, std::int64_t cols,
                               std::int64_t buffers) {
  return std::make_unique<Verilated<Model>>(arch::SystolicParams{rows, cols, dataflow, buffers});
}

}  // namespace

std::vector<std::unique_ptr<RtlArray>> rtl_arrays() {
  using enum arch::Dataflow;
  std::vector<std::unique_ptr<RtlArray>> arrays;
  arrays.push_back(make<Vws_1x1_2>(ws, 1, 1, 2));
  arrays.push_back(make<Vws_3x5_2>(ws, 3, 5, 2));
  arrays.push_back(make<Vws_6x2_1>(ws, 6, 2, 1));
  arrays.push_back(make<Vws_17x13_2>(ws, 17, 13, 2));
  arrays.push_back(make<Vos_1x1_1>(os, 1, 1, 1));
  arrays.push_back(make<Vos_4x7_1>(os, 4, 7, 1));
  arrays.push_back(make<Vos_7x3_2>(os, 7, 3, 2));
  arrays.push_back(make<Vis_4x4_1>(is, 4, 4, 1));
  arrays.push_back(make<Vis_5x3_2>(is, 5, 3, 2));
  return arrays;
}

}  // namespace npulse::test
