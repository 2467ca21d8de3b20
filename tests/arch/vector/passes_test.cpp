// SPDX-License-Identifier: Apache-2.0
// Closed forms of softmax, norms and rotations against programs that compute them on lanes.
#include <catch2/catch.hpp>
#include <cmath>
#include <functional>

#include "arch/vector/vector_unit.h"
#include "tests/support/instructions.h"
#include "tests/support/lane_programs.h"
#include "tests/support/memories.h"
#include "tests/support/random.h"

using namespace npulse;
using namespace npulse::arch;
using isa::VecKind;
using test::Values;

namespace {

constexpr double kEpsilon = 1e-5, kScale = 0.125, kBase = 10000;

struct Case {
  VectorParams params;
  isa::Vec vec;
  Values x, y;

  test::Rows rows() const { return {vec.rows, vec.cols, vec.causal}; }
  double at(std::int64_t row, std::int64_t col) const {
    return x[static_cast<std::size_t>(row * vec.cols + col)];
  }
  double weight(std::int64_t col) const { return y.empty() ? 1 : y[static_cast<std::size_t>(col)]; }
};

Values random_values(test::Random& random, std::int64_t count) {
  Values values;
  for (std::int64_t i = 0; i < count; ++i) {
    values.push_back(static_cast<double>(random.between(-4000, 4000)) / 1000);
  }
  return values;
}

Case random_case(test::Random& random, VecKind kind) {
  Case c;
  c.params.lanes = random.between(1, 20);
  c.params.packed = random.coin();
  c.params.simple_cycles = Cycles{random.between(1, 3)};
  c.params.transcendental_cycles = Cycles{random.between(1, 9)};
  c.params.reduction_cycles = Cycles{random.between(1, 3)};
  c.params.read_bytes_per_cycle = c.params.write_bytes_per_cycle = 1 << 20;
  c.vec.kind = kind;
  c.vec.rows = random.between(1, 9);
  c.vec.cols = 2 * random.between(1, 40);
  c.vec.scalar = kind == VecKind::softmax ? kScale : kind == VecKind::rope ? kBase : kEpsilon;
  if (random.coin()) c.vec.x_type = c.vec.y_type = c.vec.dst_type = isa::DataType::fp32;
  if (kind == VecKind::softmax && random.coin()) c.vec.causal = random.between(0, 90);
  c.x = random_values(random, c.vec.rows * c.vec.cols);
  if (kind != VecKind::softmax && random.coin()) {
    c.vec.y = isa::Operand{};
    c.vec.y_broadcast = isa::Broadcast::row;
    c.y = random_values(random, c.vec.cols);
  }
  return c;
}

Values computed(test::LaneMachine& lanes, const Case& c) {
  if (c.vec.kind == VecKind::softmax) return softmax(lanes, c.rows(), c.x, kScale);
  if (c.vec.kind == VecKind::layernorm) return layernorm(lanes, c.rows(), c.x, c.y, kEpsilon);
  if (c.vec.kind == VecKind::rmsnorm) return rmsnorm(lanes, c.rows(), c.x, c.y, kEpsilon);
  return rope(lanes, c.rows(), c.x, c.y, kBase);
}

/// Sum of f over the columns that a row sees.
double sum(const Case& c, std::int64_t row, const std::function<double(double)>& f) {
  double total = 0;
  for (std::int64_t j = 0; j < c.rows().seen(row); ++j) total += f(c.at(row, j));
  return total;
}

/// dst[r,j] by the definition in docs/isa.md.
double defined(const Case& c, std::int64_t r, std::int64_t j) {
  const auto n = static_cast<double>(c.vec.cols);
  const double x = c.at(r, j);
  if (c.vec.kind == VecKind::softmax) {
    if (j >= c.rows().seen(r)) return 0;
    return std::exp(kScale * x) / sum(c, r, [](double v) { return std::exp(kScale * v); });
  }
  if (c.vec.kind == VecKind::rmsnorm) {
    const double square = sum(c, r, [](double v) { return v * v; });
    return x / std::sqrt(square / n + kEpsilon) * c.weight(j);
  }
  if (c.vec.kind == VecKind::layernorm) {
    const double mean = sum(c, r, [](double v) { return v; }) / n;
    const double variance = sum(c, r, [&](double v) { return (v - mean) * (v - mean); }) / n;
    return (x - mean) / std::sqrt(variance + kEpsilon) * c.weight(j);
  }
  const std::int64_t h = c.vec.cols / 2, pair = j % h;
  const double angle =
      static_cast<double>(r) * std::pow(kBase, -static_cast<double>(pair) / static_cast<double>(h));
  const double cosine = c.y.empty() ? std::cos(angle) : c.weight(pair);
  const double sine = c.y.empty() ? std::sin(angle) : c.weight(pair + h);
  return j < h ? x * cosine - c.at(r, j + h) * sine : x * cosine + c.at(r, pair) * sine;
}

}  // namespace

TEST_CASE("Softmax, norms and rotations cost what their program costs, pass by pass",
          "[arch][vector]") {
  test::Random random{51};
  for (const auto kind : {VecKind::softmax, VecKind::layernorm, VecKind::rmsnorm, VecKind::rope}) {
    for (int i = 0; i < 500; ++i) {
      const Case c = random_case(random, kind);
      const int bits = isa::bits_of(c.vec.x_type);
      test::LaneMachine lanes{c.params, c.params.lanes * (c.params.packed ? 32 / bits : 1)};
      const Values dst = computed(lanes, c);
      for (std::int64_t at = 0; at < static_cast<std::int64_t>(dst.size()); ++at) {
        const double expected = defined(c, at / c.vec.cols, at % c.vec.cols);
        REQUIRE(dst[static_cast<std::size_t>(at)] == Approx(expected).margin(1e-9));
      }
      test::IdealMemory memory;
      const Execution execution =
          VectorUnit{c.params, memory}.execute(Cycles{0}, test::instruction(c.vec));
      const Activity& activity = execution.outcome.activity;
      CAPTURE(to_string(kind), c.vec.rows, c.vec.cols, lanes.lanes(), c.y.size());
      REQUIRE(execution.finish == lanes.cycles);
      REQUIRE(activity.vector_ops == lanes.simple_ops);
      REQUIRE(activity.transcendental_ops == lanes.transcendental_ops);
      REQUIRE(activity.spm_read_bytes == lanes.read * bits / 8);
      REQUIRE(activity.spm_write_bytes == lanes.written * bits / 8);
    }
  }
}
