// SPDX-License-Identifier: Apache-2.0
// Functional runs from the command line: values in, values out, and what a wrong program shows.
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "tests/cli/requirements.h"

using namespace npulse::test;
using Catch::Matchers::Contains;
using nlohmann::json;

namespace {

/// Doubles what it is given; `wait` stands on the doubling.
std::string doubling(const std::string& wait) {
  return R"(.npu 1.0
.queue ld dma
.queue st dma
.queue mx matrix
.queue vec vector
.event loaded
.event doubled
.tensor x input at=dram:0x0 shape=[4]
.tensor y output at=dram:0x40 shape=[4] type=i32
core 0 {
  ld: dma dst=spm:0x0 src=dram:0x0 shape=[4] signal loaded+1
  vec: vec add dst=spm:0x40 x=spm:0x0 y=spm:0x0 cols=4 x_type=i8 y_type=i8 dst_type=i32)" +
         wait + R"( signal doubled+1
  st: dma dst=dram:0x40 src=spm:0x40 shape=[4] type=i32 wait doubled>=1
}
)";
}

}  // namespace

TEST_CASE("A functional run goes beside the timing or alone", "[cli]") {
  const Desk desk;
  desk.put("lab.npt", doubling(" wait loaded>=1"));
  desk.put("x.bin", std::string{"\x01\x02\x03\xfc"});
  const std::string run = "run edu-8x8 lab.npt --in dram:0x0=x.bin --orders all --json - ";
  const json both = json::parse(require_ok(desk, run + "--functional").out);
  const json alone = json::parse(require_ok(desk, run + "--functional-only").out);
  CHECK(both.at("cycles") > 0);
  CHECK(alone.size() == 1);
  CHECK(both.at("outputs") == alone.at("outputs"));
  const json& y = alone.at("outputs").at("tensors").at("y");
  CHECK(y.at("type") == "i32");
  CHECK(y.at("min") == -8);
  CHECK(y.at("max") == 6);
}

TEST_CASE("What a run writes it reads", "[cli]") {
  const Desk desk;
  desk.put("lab.npt", doubling(" wait loaded>=1"));
  const std::string text =
      require_ok(desk, "run edu-8x8 lab.npt --functional-only --seed 5 --out out").out;
  CHECK_THAT(text, Contains("y            i32 [4]"));
  const std::string again =
      require_ok(desk, "run edu-8x8 lab.npt --functional-only --in x=out/y.npy").out;
  CHECK_THAT(again, Contains("y            i32 [4]"));
}

TEST_CASE("A missing wait fails a run of all orders, and says where", "[cli]") {
  const Desk desk;
  desk.put("lab.npt", doubling(""));
  require_refused(desk, "run edu-8x8 lab.npt --functional-only -q --orders all",
                  {"something waits too little", "ld as late as possible: y: element 0"},
                  kFailedProgram);
  CHECK(desk.npulse("check lab.npt --chip edu-8x8").code != 0);
}

TEST_CASE("Options of a functional run are refused with a reason", "[cli]") {
  const Desk desk;
  desk.put("lab.npt", doubling(""));
  const std::string run = "run edu-8x8 lab.npt ";
  require_refused(desk, run + "--seed 3", {"--seed", "add --functional"});
  require_refused(desk, run + "--functional --in x", {"as in --in a=a.npy"});
  require_refused(desk, run + "--functional --in spm:0x0=lab.npt", {"is no place in dram"});
  require_refused(desk, run + "--functional --in x=lab.npt", {"is no .npy file"});
  require_refused(desk, run + "--functional --orders some", {"allowed: one, all"});
  require_refused(desk, run + "--functional --in dram:zz=lab.npt", {"is no place in dram"});
  require_refused(desk, run + "--functional --in dram:0xfffffffffff0=lab.npt",
                  {"end beyond memory", "edu-8x8"});
  require_refused(desk, run + "--functional --in x=.", {"is no file"});
  require_refused(desk, run + "--functional --in x=/dev/zero", {"is no file"});
  require_refused(desk, run + "--functional --seed -1", {"less than 0"});
  require_refused(desk, run + "--functional-only --timeline t.json", {"take --functional"});
}
