// SPDX-License-Identifier: Apache-2.0
#include "arch/vector/vector_unit.h"

#include <catch2/catch.hpp>

#include "sim/core/error.h"
#include "tests/support/instructions.h"
#include "tests/support/memories.h"
#include "tests/support/random.h"

using namespace npulse;
using namespace npulse::arch;
using isa::VecKind;

namespace {

isa::Instruction vec(VecKind kind, std::int64_t rows, std::int64_t cols,
                     isa::DataType type = isa::DataType::fp32) {
  isa::Vec op;
  op.kind = kind;
  op.rows = rows;
  op.cols = cols;
  op.x_type = op.y_type = op.dst_type = type;
  return test::instruction(op);
}

VectorParams wide_edges() {
  VectorParams p;
  p.read_bytes_per_cycle = p.write_bytes_per_cycle = 1 << 20;
  return p;
}

Execution run(const VectorParams& params, const isa::Instruction& instruction) {
  test::IdealMemory memory;
  return VectorUnit{params, memory}.execute(Cycles{0}, instruction);
}

constexpr VecKind kRowKinds[] = {VecKind::softmax, VecKind::layernorm, VecKind::rmsnorm,
                                 VecKind::add,     VecKind::silu,      VecKind::reduce_sum};

}  // namespace

TEST_CASE("An element-wise operation takes its start and a group of lanes a turn",
          "[arch][vector]") {
  VectorParams p = wide_edges();
  p.start_cycles = Cycles{9};
  const std::int64_t groups = ceil_div<std::int64_t>(10 * 33, p.lanes);
  REQUIRE(run(p, vec(VecKind::add, 10, 33)).finish == p.start_cycles + p.simple_cycles * groups);
  REQUIRE(run(p, vec(VecKind::exp, 10, 33)).finish ==
          p.start_cycles + p.transcendental_cycles * groups);
}

TEST_CASE("Packed lanes do as many elements as fit 32 bits, others one", "[arch][vector]") {
  VectorParams p = wide_edges();
  const auto cycles = [&](isa::DataType type) {
    return run(p, vec(VecKind::add, 1, 4 * p.lanes, type)).finish;
  };
  REQUIRE(cycles(isa::DataType::fp32) == Cycles{4});
  REQUIRE(cycles(isa::DataType::fp16) == Cycles{2});
  REQUIRE(cycles(isa::DataType::i8) == Cycles{1});
  p.packed = false;
  REQUIRE(cycles(isa::DataType::i8) == Cycles{4});
}

TEST_CASE("Softmax takes the sum of its passes, a tree for each reduction, a reciprocal a row",
          "[arch][vector]") {
  const VectorParams p = wide_edges();
  const std::int64_t rows = 5, groups = rows * 4, tree = 4;  // 16 lanes
  const Cycles passes =
      p.reduction_cycles * (groups + tree) +
      (p.simple_cycles * 2 + p.transcendental_cycles + p.reduction_cycles) * groups +
      p.reduction_cycles * tree + p.simple_cycles * groups;
  REQUIRE(run(p, vec(VecKind::softmax, rows, 4 * p.lanes)).finish ==
          passes + p.transcendental_cycles);
}

TEST_CASE("A pass that moves more than the edges carry takes bytes over edge", "[arch][vector]") {
  VectorParams p = wide_edges();
  p.read_bytes_per_cycle = 4;
  const Execution e = run(p, vec(VecKind::add, 1, 160));
  REQUIRE(e.finish == Cycles{160 * 4 / 4});
  REQUIRE(e.outcome.stalled == e.finish - Cycles{160 / p.lanes});
  REQUIRE(std::string{e.outcome.stalled_on} == "read_bytes_per_cycle");
}

TEST_CASE("Every pass that a late memory serves is late", "[arch][vector]") {
  test::LateMemory memory{isa::Space::spm, Cycles{11}};
  VectorUnit unit{wide_edges(), memory};
  const auto softmax = vec(VecKind::softmax, 4, 64);
  const Execution e = unit.execute(Cycles{0}, softmax);
  REQUIRE(e.finish - run(wide_edges(), softmax).finish == Cycles{3 * 11});
  REQUIRE(e.outcome.stalled == Cycles{3 * 11});
  REQUIRE(std::string{e.outcome.stalled_on} == "spm");
}

TEST_CASE("Activity counts lane operations and the bytes that were reserved", "[arch][vector]") {
  test::IdealMemory memory;
  VectorUnit unit{wide_edges(), memory};
  const std::int64_t rows = 6, cols = 50, n = rows * cols;
  const Activity a = unit.execute(Cycles{0}, vec(VecKind::softmax, rows, cols)).outcome.activity;
  REQUIRE(a.transcendental_ops == n + rows);
  REQUIRE(a.vector_ops == n * (1 + 3 + 1));
  REQUIRE(a.spm_read_bytes == 3 * 4 * n);
  REQUIRE(a.spm_write_bytes == 2 * 4 * n);
  REQUIRE(a.spm_read_bytes == memory.bytes(isa::Space::spm, false));
  REQUIRE(a.spm_write_bytes == memory.bytes(isa::Space::spm, true));
}

TEST_CASE("A second input is read once, with the last pass", "[arch][vector]") {
  test::IdealMemory memory;
  VectorUnit unit{wide_edges(), memory};
  auto norm = vec(VecKind::rmsnorm, 6, 50);
  auto& op = std::get<isa::Vec>(norm.operation);
  op.y.emplace().space = isa::Space::acc;
  op.y_broadcast = isa::Broadcast::row;
  const Activity a = unit.execute(Cycles{0}, norm).outcome.activity;
  REQUIRE(a.acc_read_bytes == 4 * op.cols);
  REQUIRE(a.spm_read_bytes == 2 * 4 * op.rows * op.cols);
}

TEST_CASE("A transposition strides over its destination, other moves are dense", "[arch][vector]") {
  test::IdealMemory memory;
  VectorUnit unit{wide_edges(), memory};
  isa::Xform op;
  op.type = isa::DataType::fp32;
  op.shape = {16, 32};
  op.perm = {1, 0};
  unit.execute(Cycles{0}, test::instruction(op));
  op.kind = isa::XformKind::reshape;
  op.perm = {};
  unit.execute(Cycles{100}, test::instruction(op));
  REQUIRE(memory.requests.size() == 4);
  REQUIRE(memory.requests[1].stream.write);
  REQUIRE(memory.requests[1].stream.stride_bytes == 4 * op.shape[0]);
  REQUIRE(memory.requests[3].stream.run_bytes == 0);
}

TEST_CASE("More lanes, wider edges and faster kinds never make an operation slower",
          "[arch][vector]") {
  test::Random random{15};
  for (int i = 0; i < 1000; ++i) {
    VectorParams p;
    p.lanes = random.between(1, 64);
    p.read_bytes_per_cycle = random.between(1, 200);
    p.write_bytes_per_cycle = random.between(1, 200);
    const auto instruction = vec(kRowKinds[random.between(0, 5)], random.between(1, 30),
                                 random.between(1, 300), isa::DataType::fp16);
    const Cycles slow = run(p, instruction).finish;
    p.lanes *= random.between(1, 4);
    p.read_bytes_per_cycle += random.between(0, 100);
    p.write_bytes_per_cycle += random.between(0, 100);
    p.transcendental_cycles = Cycles{random.between(1, p.transcendental_cycles.count())};
    // A tree over more lanes is deeper: at most one level a doubling and pass.
    REQUIRE(run(p, instruction).finish <= slow + p.reduction_cycles * 2 * 2);
  }
}

TEST_CASE("cfg and opaque take their cycles; a type that is absent is named", "[arch][vector]") {
  VectorParams p = wide_edges();
  p.cfg_cycles = Cycles{6};
  REQUIRE(run(p, test::instruction(isa::Cfg{"x", 1})).finish == p.cfg_cycles);
  REQUIRE(run(p, test::opaque(77)).finish == Cycles{77});
  REQUIRE_THROWS_AS(run(p, test::mm(1, 1, 1)), InternalError);
  p.types.assign({isa::DataType::fp16, isa::DataType::fp32});
  REQUIRE_THROWS_WITH(run(p, vec(VecKind::add, 1, 1, isa::DataType::bf16)),
                      Catch::Contains("bf16") && Catch::Contains("fp16, fp32"));
}

TEST_CASE("Operations on 2^40 elements are counted without overflow", "[arch][vector]") {
  const std::int64_t million = 1 << 20;
  const Execution e = run(wide_edges(), vec(VecKind::softmax, million, million));
  REQUIRE(e.outcome.activity.spm_read_bytes == 3 * 4 * million * million);
  REQUIRE(e.finish > Cycles{million * million / wide_edges().lanes});
}
