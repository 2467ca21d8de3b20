// SPDX-License-Identifier: Apache-2.0
#include "arch/vector/cost.h"

#include <algorithm>
#include <catch2/catch.hpp>

#include "tests/support/random.h"

using namespace npulse;
using namespace npulse::arch;
using isa::VecKind;

namespace {

isa::Vec vec(VecKind kind, std::int64_t rows, std::int64_t cols) {
  isa::Vec op;
  op.kind = kind;
  op.rows = rows;
  op.cols = cols;
  return op;
}

}  // namespace

TEST_CASE("Every kind of vec has work to do on every element", "[arch][vector]") {
  for (const auto& kind : enum_names(VecKind{})) {
    isa::Vec op = vec(kind.value, 16, 3);
    if (kind.value == VecKind::pool_max || kind.value == VecKind::pool_avg) {
      op.window = {4, 4, 2, 2};
      op.stride = {2, 2};
    }
    const VectorWork work = work_of(op, 8);
    REQUIRE(!work.passes.empty());
    REQUIRE(work.passes.back().writes);
    REQUIRE(work.passes.front().reads_x);
    for (const Pass& pass : work.passes) {
      REQUIRE(pass.simple + pass.transcendental + pass.reduction > 0);
    }
    REQUIRE(work.groups >= ceil_div(work.elements, work.per_group));
  }
}

TEST_CASE("Element-wise kinds pack rows together, row-wise ones begin a group each row",
          "[arch][vector]") {
  REQUIRE(work_of(vec(VecKind::add, 10, 5), 8).groups == ceil_div<std::int64_t>(10 * 5, 8));
  REQUIRE(work_of(vec(VecKind::softmax, 10, 5), 8).groups == 10);
  REQUIRE(work_of(vec(VecKind::rmsnorm, 10, 17), 8).groups == 10 * 3);
}

TEST_CASE("Causal rows count what they see, as a loop over rows does", "[arch][vector]") {
  test::Random random{14};
  for (int i = 0; i < 2000; ++i) {
    isa::Vec op = vec(VecKind::softmax, random.between(1, 40), random.between(1, 40));
    op.causal = random.between(-50, 60);
    const std::int64_t per = random.between(1, 9);
    std::int64_t groups = 0;
    for (std::int64_t r = 0; r < op.rows; ++r) {
      groups += ceil_div(std::clamp<std::int64_t>(r + *op.causal + 1, 0, op.cols), per);
    }
    REQUIRE(row_groups(op, per) == groups);
  }
}

TEST_CASE("A scale of exp is one operation more, and 1 is none", "[arch][vector]") {
  isa::Vec op = vec(VecKind::exp, 4, 8);
  for (const double none : {0.0, 1.0}) {
    op.scalar = none;
    REQUIRE(work_of(op, 8).passes[0].simple == 0);
  }
  op.scalar = 0.125;
  REQUIRE(work_of(op, 8).passes[0].simple == 1);
  REQUIRE(work_of(op, 8).passes[0].transcendental == 1);
}

TEST_CASE("Softmax takes three passes and one reciprocal a row", "[arch][vector]") {
  const VectorWork work = work_of(vec(VecKind::softmax, 12, 100), 16);
  REQUIRE(work.passes.size() == 3);
  REQUIRE_FALSE(work.passes[0].writes);
  REQUIRE(work.passes[1].transcendental == 1);
  REQUIRE_FALSE(work.passes[2].reads_x);
  REQUIRE(work.once.elements == 12);
  REQUIRE(work.once.transcendental == 1);
}

TEST_CASE("Pooling reads its input once and reduces every tap", "[arch][vector]") {
  isa::Vec op = vec(VecKind::pool_max, 6 * 6, 32);
  op.window = {6, 6, 2, 3};
  op.stride = {2, 3};
  const VectorWork work = work_of(op, 16);
  REQUIRE(work.x_elements == 6 * 6 * 32);
  REQUIRE(work.dst_elements == 3 * 2 * 32);
  REQUIRE(work.elements == work.dst_elements);
  REQUIRE(work.passes[0].reduction == 2 * 3);
}

TEST_CASE("A second input is read whole, as a row or as a column", "[arch][vector]") {
  isa::Vec op = vec(VecKind::mul, 10, 70);
  REQUIRE(work_of(op, 8).y_elements == 0);
  op.y = isa::Operand{};
  REQUIRE(work_of(op, 8).y_elements == 10 * 70);
  op.y_broadcast = isa::Broadcast::row;
  REQUIRE(work_of(op, 8).y_elements == 70);
  op.y_broadcast = isa::Broadcast::column;
  REQUIRE(work_of(op, 8).y_elements == 10);
}

TEST_CASE("Gather and scatter move the rows that are named, other kinds all", "[arch][vector]") {
  isa::Xform op;
  op.shape = {100, 8, 4};
  REQUIRE(work_of(op, 16).elements == 100 * 8 * 4);
  op.kind = isa::XformKind::gather;
  op.index = isa::Operand{};
  op.indices = 7;
  REQUIRE(work_of(op, 16).elements == 7 * 8 * 4);
  REQUIRE(work_of(op, 16).y_elements == 7);
}
