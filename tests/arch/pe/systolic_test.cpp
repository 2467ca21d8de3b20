// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>

#include "arch/pe/schedule.h"
#include "tests/support/random.h"
#include "tests/support/ws_array_model.h"

using namespace npulse;
using namespace npulse::arch;

namespace {

Gemm gemm(std::int64_t m, std::int64_t n, std::int64_t k) {
  return {.m = m, .n = n, .k = k, .kept_k = k, .depth = k};
}

Cycles total(const SystolicParams& p, const Gemm& g) {
  const Schedule s = systolic_schedule(p, g);
  return s.load + s.finish;
}

test::Matrix random_matrix(test::Random& random, std::int64_t rows, std::int64_t cols) {
  test::Matrix matrix(static_cast<std::size_t>(rows));
  for (auto& row : matrix) {
    for (std::int64_t i = 0; i < cols; ++i) row.push_back(random.between(-9, 9));
  }
  return matrix;
}

test::Matrix multiply(const test::Matrix& a, const test::Matrix& b) {
  test::Matrix c(a.size(), std::vector<std::int64_t>(b[0].size()));
  for (std::size_t i = 0; i < a.size(); ++i) {
    for (std::size_t j = 0; j < b[0].size(); ++j) {
      for (std::size_t k = 0; k < b.size(); ++k) c[i][j] += a[i][k] * b[k][j];
    }
  }
  return c;
}

}  // namespace

TEST_CASE("A weight-stationary array takes the cycles of its registers, with one and two buffers",
          "[arch][pe]") {
  test::Random random{11};
  for (int i = 0; i < 400; ++i) {
    SystolicParams p;
    p.rows = random.between(1, 6);
    p.cols = random.between(1, 6);
    p.weight_buffers = random.between(1, 2);
    const std::int64_t m = random.between(1, 14), n = random.between(1, 15),
                       k = random.between(1, 15);
    const auto a = random_matrix(random, m, k), b = random_matrix(random, k, n);
    const auto result =
        test::run_ws_array(p.rows, p.cols, static_cast<int>(p.weight_buffers), a, b);
    CAPTURE(p.rows, p.cols, p.weight_buffers, m, n, k);
    REQUIRE(result.c == multiply(a, b));
    REQUIRE(total(p, gemm(m, n, k)) == Cycles{result.last_cycle});
  }
}

TEST_CASE("Every dataflow folds its two fixed dimensions and streams the third", "[arch][pe]") {
  SystolicParams p{.rows = 4, .cols = 8};
  const std::int64_t m = 10, n = 20, k = 30, fill = p.rows + p.cols - 2;
  p.dataflow = Dataflow::os;
  REQUIRE(total(p, gemm(m, n, k)) ==
          Cycles{ceil_div(m, p.rows) * ceil_div(n, p.cols) * (fill + k) - 1});
  p.dataflow = Dataflow::ws;
  REQUIRE(total(p, gemm(m, n, k)) ==
          Cycles{ceil_div(k, p.rows) * ceil_div(n, p.cols) * (p.rows + fill + m) - 1});
  p.dataflow = Dataflow::is;
  REQUIRE(total(p, gemm(m, n, k)) ==
          Cycles{ceil_div(k, p.rows) * ceil_div(m, p.cols) * (p.rows + fill + n) - 1});
}

TEST_CASE("With two buffers a fold costs the longer of its stream and its load", "[arch][pe]") {
  const SystolicParams p{.rows = 16, .cols = 16, .weight_buffers = 2};
  for (const std::int64_t m : {1, 15, 16, 17, 300}) {
    const auto one = total(p, gemm(m, 16, 16)), ten = total(p, gemm(m, 16, 160));
    REQUIRE(ten - one == Cycles{9 * std::max(m, p.rows)});
  }
}

TEST_CASE("Keeping weights saves one load and the reads of one fold", "[arch][pe]") {
  for (const std::int64_t buffers : {1, 2}) {
    const SystolicParams p{.rows = 8, .cols = 8, .weight_buffers = buffers};
    Gemm g = gemm(20, 16, 24);
    const Cycles cold = total(p, g);
    const Traffic read = systolic_schedule(p, g).traffic;
    g.keep_weights = true;
    REQUIRE(cold - total(p, g) == Cycles{p.rows});
    REQUIRE(read.b_reads - systolic_schedule(p, g).traffic.b_reads == p.rows * p.cols);
  }
}

TEST_CASE("Only a weight-stationary array has weights to keep", "[arch][pe]") {
  for (const Dataflow dataflow : {Dataflow::os, Dataflow::is}) {
    const SystolicParams p{.rows = 8, .cols = 8, .dataflow = dataflow};
    Gemm g = gemm(20, 16, 24);
    const Cycles cold = total(p, g);
    g.keep_weights = true;
    REQUIRE(total(p, g) == cold);
  }
}

TEST_CASE("The stationary operand is read once, the others once a fold that needs them",
          "[arch][pe]") {
  SystolicParams p{.rows = 4, .cols = 8};
  Gemm g = gemm(10, 20, 30);
  const std::int64_t a = 10 * 30, b = 30 * 20, c = 10 * 20;
  const auto traffic = [&](Dataflow dataflow) {
    p.dataflow = dataflow;
    return systolic_schedule(p, g).traffic;
  };
  const Traffic ws = traffic(Dataflow::ws);
  REQUIRE(ws.a_reads == a * ceil_div<std::int64_t>(20, p.cols));
  REQUIRE(ws.b_reads == b);
  REQUIRE(ws.c_writes == c * ceil_div<std::int64_t>(30, p.rows));
  REQUIRE(ws.c_reads == ws.c_writes - c);
  const Traffic os = traffic(Dataflow::os);
  REQUIRE(os.a_reads == a * ceil_div<std::int64_t>(20, p.cols));
  REQUIRE(os.b_reads == b * ceil_div<std::int64_t>(10, p.rows));
  REQUIRE(os.c_writes == c);
  REQUIRE(os.c_reads == 0);
  const Traffic is = traffic(Dataflow::is);
  REQUIRE(is.a_reads == a);
  REQUIRE(is.b_reads == b * ceil_div<std::int64_t>(10, p.cols));
  g.accumulate = true;
  REQUIRE(traffic(Dataflow::os).c_reads == c);
  REQUIRE(traffic(Dataflow::ws).c_reads == ws.c_writes);
}

TEST_CASE("Products of a million in each dimension fit, larger ones are refused", "[arch][pe]") {
  const std::int64_t million = 1'000'000;
  const SystolicParams p{.rows = 1, .cols = 1};
  REQUIRE(total(p, gemm(million, million, million)) ==
          Cycles{million * million * (million + 1) - 1});
  REQUIRE(gemm(million, million, million).macs() == million * million * million);
  REQUIRE_THROWS_AS(total(p, gemm(million, 100 * million, million)), InputError);
}
