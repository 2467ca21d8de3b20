// SPDX-License-Identifier: Apache-2.0
// Programs as a lab would write them: right ones give the right numbers in every order; a wrong
// wait, address or count shows, here and in the checker.
#include <catch2/catch.hpp>

#include "sim/core/error.h"
#include "tests/isa/functional/lab.h"
#include "tests/support/array_product.h"

using namespace npulse;
using namespace npulse::isa;
using namespace npulse::isa::functional;
using namespace npulse::test;
using Catch::Matchers::Contains;

namespace {

Array ramp(const std::vector<std::int64_t>& shape, double first = 0) {
  Array array{shape, {}};
  std::int64_t count = 1;
  for (const auto extent : shape) count *= extent;
  for (std::int64_t i = 0; i < count; ++i)
    array.values.push_back(first + static_cast<double>(i % 17));
  return array;
}

const std::string kDoubleBuffered = R"(.event full
.event used
.event done
.event stored
.tensor a input at=dram:0x0 shape=[32,8]
.tensor b weight at=dram:0x1000 shape=[8,8]
.tensor c output at=dram:0x2000 shape=[32,8] type=i32
)";

/// Four tiles of 8 rows through two buffers.
std::string double_buffered(const std::string& load_waits, const std::string& product_waits) {
  return "ld: dma dst=spm:0x800 src=dram:0x1000 shape=[8,8]\nloop 4 {\n"
         "ld: dma dst=spm:0x0(+0x40%2) src=dram:0x0(+0x40) shape=[8,8]" +
         load_waits +
         " signal full+1\n"
         "mx: mm a=spm:0x0(+0x40%2) b=spm:0x800 c=acc:0x0(+0x100%2) m=8 n=8 k=8 wait full>=1(+1)" +
         product_waits +
         " signal used+1,done+1\n"
         "st: dma dst=dram:0x2000(+0x100) src=acc:0x0(+0x100%2) shape=[8,8] type=i32 "
         "wait done>=1(+1) signal stored+1\n}";
}

CheckReport checked(const Program& program) {
  return check(program, able_chip(program.header()));
}

}  // namespace

TEST_CASE("A double-buffered product gives the product in every order", "[functional]") {
  const auto program =
      lab(kDoubleBuffered, double_buffered(" wait used>=-1(+1)", ",stored>=-1(+1)"));
  const Array a = ramp({32, 8}, -8), b = ramp({8, 8}, -3);
  const RunResult result = run_all(program, {{"a", a}, {"b", b}});
  REQUIRE(result.outputs.at("c").array.values == product(a, b, DataType::i32));
  REQUIRE(result.differences.empty());
  REQUIRE(result.orders == 1 + 4);
  REQUIRE(checked(program).errors.empty());
}

TEST_CASE("A missing or late wait shows in the values and to the checker", "[functional]") {
  const std::string load = " wait used>=-1(+1)", multiply = ",stored>=-1(+1)";
  const auto wrong = GENERATE_COPY(double_buffered("", multiply), double_buffered(load, ""),
                                   double_buffered(" wait used>=-2(+1)", multiply),
                                   double_buffered(load, ",stored>=-2(+1)"));
  const auto program = lab(kDoubleBuffered, wrong);
  const RunResult result = run_all(program);
  REQUIRE_FALSE(result.differences.empty());
  REQUIRE_THAT(result.differences.front().what, Contains("c: element"));
  REQUIRE_FALSE(checked(program).errors.empty());
}

TEST_CASE("A wrong address shows in the values", "[functional]") {
  std::string body = double_buffered(" wait used>=-1(+1)", ",stored>=-1(+1)");
  const Array a = ramp({32, 8}, -8), b = ramp({8, 8}, -3);
  const auto values = [&] {
    return run_lab(lab(kDoubleBuffered, body),
                   {{{"a", a}, {"b", b}}, {}, 1, {}, Bytes{1 << 20}, {}})
        .outputs.at("c")
        .array.values;
  };
  REQUIRE(values() == product(a, b, DataType::i32));
  body.replace(body.find("src=dram:0x0("), 13, "src=dram:0x8(");
  REQUIRE(values() != product(a, b, DataType::i32));
}

TEST_CASE("A deadlock names who waits for what", "[functional]") {
  const auto program =
      lab(kDoubleBuffered, double_buffered(" wait used>=1(+1)", ",stored>=-1(+1)"));
  REQUIRE_THROWS_AS(run_lab(program), DeadlockError);
  REQUIRE_THROWS_WITH(run_lab(program),
                      Contains("dma of ld waits for ever: event 'used' ends at 0, it needs 1") &&
                          Contains("it is signalled by mx: mm"));
  REQUIRE_FALSE(checked(program).errors.empty());
}

TEST_CASE("In hazard mode the scoreboard orders what shares bytes", "[functional]") {
  const std::string tensors =
      ".sync hazard\n.tensor x input at=dram:0x0 shape=[16] type=fp16\n"
      ".tensor y output at=dram:0x100 shape=[16] type=fp16\n";
  const std::string body =
      "ld: dma dst=spm:0x0 src=dram:0x0 shape=[16] type=fp16\n"
      "ve: vec mul dst=spm:0x40 x=spm:0x0 cols=16 scalar=2\n"
      "ve: vec add dst=spm:0x0 x=spm:0x40 cols=16 scalar=1\n"
      "st: dma dst=dram:0x100 src=spm:0x0 shape=[16] type=fp16\n";
  const Array x = ramp({16});
  const RunResult result = run_all(lab(tensors, body), {{"x", x}});
  std::vector<double> expected;
  for (const double value : x.values) expected.push_back(2 * value + 1);
  REQUIRE(result.outputs.at("y").array.values == expected);
  REQUIRE(result.differences.empty());
  const std::string raced = tensors.substr(tensors.find('\n') + 1);
  REQUIRE_FALSE(run_all(lab(raced, body), {{"x", x}}).differences.empty());
}

TEST_CASE("Cores exchange data by multicast, chip-wide events and barriers", "[functional]") {
  const std::string text = ".npu 1.0\n.cores 2\n" + kLabQueues + R"(.event there chip
.tensor x input at=dram:0x0 shape=[2,8] type=fp32
.tensor sum output at=dram:0x100 shape=[2,8] type=fp32
core 0 {
  ld: dma dst=spm:0x0 src=dram:0x0 shape=[8] type=fp32 multicast=0x3 signal there+1
  ve: vec add dst=spm:0x40 x=spm:0x0 y=spm:0x20 cols=8 x_type=fp32 y_type=fp32 dst_type=fp32 wait there>=2
  bar core
  st: dma dst=dram:0x100 src=spm:0x40 shape=[8] type=fp32
}
core 1 {
  ld: dma dst=spm:0x20 src=dram:0x20 shape=[8] type=fp32 multicast=0x3 signal there+1
  ve: vec sub dst=spm:0x40 x=spm:0x0 y=spm:0x20 cols=8 x_type=fp32 y_type=fp32 dst_type=fp32 wait there>=2
  bar core
  st: dma dst=dram:0x120 src=spm:0x40 shape=[8] type=fp32
}
)";
  const Array x = ramp({2, 8}, 1);
  const RunResult result = run_all(assemble(text), {{"x", x}});
  REQUIRE(result.differences.empty());
  const auto& sum = result.outputs.at("sum").array.values;
  for (std::size_t i = 0; i < 8; ++i) {
    REQUIRE(sum[i] == x.values[i] + x.values[8 + i]);
    REQUIRE(sum[8 + i] == x.values[i] - x.values[8 + i]);
  }
}

TEST_CASE("What a run cannot do is refused with line and reason", "[functional]") {
  const auto refused = [](const std::string& directives, const std::string& line) {
    return [=] { run_lab(lab(directives, line)); };
  };
  const std::string gather =
      "ve: vec copy dst=spm:0x0 x=spm:0x100 cols=1 x_type=i32 dst_type=i32\n"
      "ve: xform gather dst=spm:0x200 src=spm:0x300 index=spm:0x0 indices=1 shape=[2,4]\n";
  REQUIRE_THROWS_WITH(refused("", gather)(),
                      Contains("line 9: gather: row -1 of a table of 2 rows"));
  REQUIRE_THROWS_WITH(refused("", "ld: send src=spm:0x0 peer=1 bytes=4")(), Contains("no peer"));
  REQUIRE_THROWS_WITH(refused("", "ld: dma dst=spm:0x100000 src=dram:0x0 shape=[4]")(),
                      Contains("has 1048576 bytes"));
  REQUIRE_THROWS_WITH(refused(".tensor a input at=dram:0x40000000 shape=[4]", "bar core")(),
                      Contains("tensor a ends at 0x40000004"));
  REQUIRE_THROWS_WITH(
      refused(".tensor a input at=dram:0x0 shape=[1099511627776] tile=[1] tile_stride=[0]", "")(),
      Contains("its tiles overlap"));
  REQUIRE_THROWS_WITH(
      refused(".tensor a output at=dram:0x0 shape=[4,8] first=[0,0] box=[4,6]", "bar core")(),
      Contains("the boxes of output a hold 24 of its 32 elements"));
  const auto program = lab(".tensor weights weight at=dram:0x0 shape=[4]", "bar core");
  RunOptions options;
  options.inputs = {{"weight", ramp({4})}};
  REQUIRE_THROWS_WITH(run_lab(program, options), Contains("did you mean 'weights'"));
  options.inputs = {{"weights", ramp({5})}};
  REQUIRE_THROWS_WITH(run_lab(program, options), Contains("the program declares [4]"));
  options.inputs = {{"weights", {{4}, {1, 2, 3, 200}}}};
  REQUIRE_THROWS_WITH(run_lab(program, options), Contains("200 at element 3 is no i8"));
}
