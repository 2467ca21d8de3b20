// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>

#include "arch/pe/schedule.h"

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

}  // namespace

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

TEST_CASE("Keeping weights of one fold saves its load and its reads", "[arch][pe]") {
  for (const std::int64_t buffers : {1, 2}) {
    const SystolicParams p{.rows = 8, .cols = 8, .weight_buffers = buffers};
    Gemm g = gemm(20, 7, 6);
    const Cycles cold = total(p, g);
    g.keep_weights = true;
    REQUIRE(cold - total(p, g) == Cycles{p.rows});
    REQUIRE(systolic_schedule(p, g).traffic.b_reads == 0);
  }
}

TEST_CASE("Weights of several folds have displaced one another, so that none are kept",
          "[arch][pe]") {
  const SystolicParams p{.rows = 8, .cols = 8};
  Gemm g = gemm(20, 8, 9);
  const Cycles cold = total(p, g);
  g.keep_weights = true;
  REQUIRE(total(p, g) == cold);
  REQUIRE(systolic_schedule(p, g).traffic.b_reads == g.b_elements());
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
