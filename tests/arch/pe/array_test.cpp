// SPDX-License-Identifier: Apache-2.0
#include "arch/pe/array.h"

#include <catch2/catch.hpp>

#include "tests/support/instructions.h"
#include "tests/support/memories.h"
#include "tests/support/random.h"

using namespace npulse;
using test::instruction;
using test::mm;
using namespace npulse::arch;

namespace {

constexpr std::int64_t kUnlimited = 1 << 30;

PeParams systolic(std::int64_t rows, std::int64_t cols, std::int64_t buffers) {
  PeParams p;
  p.systolic = {.rows = rows, .cols = cols, .weight_buffers = buffers};
  p.read_bytes_per_cycle = p.write_bytes_per_cycle = kUnlimited;
  return p;
}

PeParams dot_product() {
  PeParams p;
  p.kind = PeKind::dot_product;
  p.dot_product = {.m0 = 1, .n0 = 16, .k0 = 64};
  p.read_bytes_per_cycle = p.write_bytes_per_cycle = kUnlimited;
  return p;
}

/// Issues all as early as the array takes them; the executions.
std::vector<Execution> back_to_back(Array& array, const std::vector<isa::Instruction>& program) {
  std::vector<Execution> all;
  Cycles now{0};
  for (const auto& instruction : program) {
    all.push_back(array.execute(now, instruction));
    now = all.back().accepts_next_at;
  }
  return all;
}

PeParams random_params(test::Random& random) {
  PeParams p = systolic(random.between(1, 32), random.between(1, 32), random.between(1, 2));
  p.kind = random.coin() ? PeKind::systolic : PeKind::dot_product;
  p.systolic.dataflow = static_cast<Dataflow>(random.between(0, 2));
  p.dot_product = {
      .m0 = random.between(1, 8), .n0 = random.between(1, 32), .k0 = random.between(1, 64)};
  p.start_cycles = Cycles{random.between(0, 20)};
  p.read_bytes_per_cycle = random.between(1, 300);
  p.write_bytes_per_cycle = random.between(1, 300);
  return p;
}

std::vector<isa::Instruction> random_program(test::Random& random) {
  std::vector<isa::Instruction> program;
  for (int i = 0; i < 20; ++i) {
    program.push_back(mm(random.between(1, 100), random.between(1, 100), random.between(1, 100)));
    auto& op = std::get<isa::Mm>(program.back().operation);
    op.accumulate = random.coin();
    op.keep_weights = random.coin();
  }
  return program;
}

}  // namespace

TEST_CASE("Splitting a product at its folds costs a single-buffered array nothing", "[arch][pe]") {
  test::IdealMemory memory;
  Array whole{systolic(8, 8, 1), memory}, parts{systolic(8, 8, 1), memory};
  const auto once = back_to_back(whole, {mm(20, 8, 24)});
  const auto thrice = back_to_back(parts, {mm(20, 8, 8), mm(20, 8, 8), mm(20, 8, 8)});
  REQUIRE(thrice.back().finish == once.back().finish);
}

TEST_CASE("A second weight buffer hides the loads of following instructions", "[arch][pe]") {
  test::IdealMemory memory;
  const std::int64_t rows = 8, cols = 16;
  for (const std::int64_t m : {3, 8, 50}) {
    Array array{systolic(rows, cols, 2), memory};
    const auto all = back_to_back(array, {mm(m, cols, rows), mm(m, cols, rows), mm(m, cols, rows)});
    REQUIRE(all[1].finish - all[0].finish == Cycles{std::max(m, rows)});
    REQUIRE(all[2].finish - all[1].finish == Cycles{std::max(m, rows)});
  }
}

TEST_CASE("Start overhead delays an array that waited and hides behind one that streams",
          "[arch][pe]") {
  test::IdealMemory memory;
  PeParams p = systolic(8, 8, 2);
  Array quick{p, memory};
  p.start_cycles = Cycles{10};
  Array slow{p, memory};
  const std::vector<isa::Instruction> program{mm(100, 8, 8), mm(100, 8, 8)};
  const auto a = back_to_back(quick, program), b = back_to_back(slow, program);
  REQUIRE(b[0].finish - a[0].finish == p.start_cycles);
  REQUIRE(b[1].finish - a[1].finish == p.start_cycles);
}

TEST_CASE("Dot products follow one another without waiting for the adder tree", "[arch][pe]") {
  test::IdealMemory memory;
  const PeParams p = dot_product();
  Array array{p, memory};
  const auto all = back_to_back(array, {mm(1, 160, 64), mm(1, 160, 64)});
  REQUIRE(all[0].accepts_next_at == Cycles{10});
  REQUIRE(all[0].finish == Cycles{10} + p.dot_product.latency);
  REQUIRE(all[1].finish - all[0].finish == Cycles{10});
}

TEST_CASE("Products bound by the operand edge run at its rate, however short", "[arch][pe]") {
  test::IdealMemory memory;
  PeParams p = dot_product();
  p.read_bytes_per_cycle = 64;
  Array array{p, memory};
  const auto all = back_to_back(array, {mm(1, 16, 64), mm(1, 16, 64), mm(1, 16, 64)});
  const Cycles each{ceil_div<std::int64_t>(64 + 16 * 64, p.read_bytes_per_cycle)};
  REQUIRE(all[2].accepts_next_at == each * 3);
  REQUIRE(all[1].outcome.stalled == each - Cycles{1});
  REQUIRE(std::string{all[1].outcome.stalled_on} == "read_bytes_per_cycle");
}

TEST_CASE("A late operand or result delays the product and is blamed on its memory", "[arch][pe]") {
  for (const auto space : {isa::Space::spm, isa::Space::acc}) {
    test::IdealMemory ideal;
    test::LateMemory late{space, Cycles{37}};
    Array quick{systolic(8, 8, 1), ideal}, slow{systolic(8, 8, 1), late};
    const Execution a = quick.execute(Cycles{5}, mm(20, 20, 20));
    const Execution b = slow.execute(Cycles{5}, mm(20, 20, 20));
    REQUIRE(b.finish - a.finish == Cycles{37});
    REQUIRE(b.accepts_next_at - a.accepts_next_at == Cycles{37});
    REQUIRE(b.outcome.stalled == Cycles{37});
    REQUIRE(std::string{b.outcome.stalled_on} == to_string(space));
    REQUIRE(a.outcome.stalled == Cycles{0});
  }
}

TEST_CASE("Activity counts macs by the wider type and the bytes that were reserved", "[arch][pe]") {
  test::IdealMemory memory;
  PeParams p = systolic(8, 8, 1);
  p.rates = {{"i8", 1}, {"fp16", 0.5}};
  Array array{p, memory};
  isa::Instruction product = mm(10, 20, 30);
  auto& op = std::get<isa::Mm>(product.operation);
  op.a_type = isa::DataType::fp16;
  op.accumulate = true;
  const Activity activity = array.execute(Cycles{0}, product).outcome.activity;
  REQUIRE(activity.macs[static_cast<std::size_t>(isa::DataType::fp16)] == 10 * 20 * 30);
  REQUIRE(activity.total_macs() == 10 * 20 * 30);
  REQUIRE(activity.spm_read_bytes == memory.bytes(isa::Space::spm, false));
  REQUIRE(activity.acc_read_bytes == memory.bytes(isa::Space::acc, false));
  REQUIRE(activity.acc_write_bytes == memory.bytes(isa::Space::acc, true));
  REQUIRE(activity.acc_read_bytes == activity.acc_write_bytes);
  REQUIRE(activity.spm_write_bytes == 0);
}

TEST_CASE("The index of sparse weights is read with them", "[arch][pe]") {
  test::IdealMemory memory;
  PeParams p = dot_product();
  p.sparsity = {"2:4"};
  Array array{p, memory};
  isa::Instruction product = mm(1, 64, 64);
  auto& op = std::get<isa::Mm>(product.operation);
  op.sparse_n = 2;
  op.sparse_m = 4;
  const auto activity = array.execute(Cycles{0}, product).outcome.activity;
  REQUIRE(activity.spm_read_bytes == 64 + 64 * 64 / 2 * (8 + 2) / 8);
}

TEST_CASE("cfg and opaque take their cycles after what streams, other opcodes are our bug",
          "[arch][pe]") {
  test::IdealMemory memory;
  PeParams p = systolic(8, 8, 1);
  p.cfg_cycles = Cycles{7};
  Array array{p, memory};
  const auto all =
      back_to_back(array, {mm(8, 8, 8), instruction(isa::Cfg{"x", 1}), test::opaque(100)});
  REQUIRE(all[1].finish == all[0].accepts_next_at + p.cfg_cycles);
  REQUIRE(all[2].finish == all[1].finish + Cycles{100});
  REQUIRE_THROWS_AS(array.execute(all[2].finish, instruction(isa::Vec{})), InternalError);
}

TEST_CASE("Wider edges never finish a program later, nor does any array beat its edges or macs",
          "[arch][pe]") {
  test::Random random{12};
  for (int i = 0; i < 200; ++i) {
    test::IdealMemory memory;
    PeParams p = random_params(random);
    const auto program = random_program(random);
    Array slow{p, memory};
    const auto late = back_to_back(slow, program);
    std::int64_t macs = 0, results = 0;
    for (const auto& execution : late) {
      macs += execution.outcome.activity.total_macs();
      results += execution.outcome.activity.acc_write_bytes;
    }
    REQUIRE(late.back().finish.count() >= macs / macs_per_cycle(p, isa::DataType::i8) - 1);
    REQUIRE(late.back().finish.count() >= results / p.write_bytes_per_cycle - 1);
    p.read_bytes_per_cycle += random.between(0, 100);
    p.write_bytes_per_cycle += random.between(0, 100);
    Array fast{p, memory};
    REQUIRE(back_to_back(fast, program).back().finish <= late.back().finish);
  }
}

TEST_CASE("Stalls never exceed the cycles since the completion before", "[arch][pe]") {
  test::Random random{13};
  for (int i = 0; i < 200; ++i) {
    test::LateMemory memory{isa::Space::spm, Cycles{random.between(0, 50)}};
    Array array{random_params(random), memory};
    Cycles before{0}, free{0};
    for (const auto& execution : back_to_back(array, random_program(random))) {
      REQUIRE(execution.finish >= before);
      REQUIRE(execution.outcome.stalled <= execution.finish - before);
      before = execution.finish;
      free = std::max(before, execution.accepts_next_at);
    }
    REQUIRE(array.stats().busy_cycles.count() == free.count());
  }
}
