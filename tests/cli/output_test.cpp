// SPDX-License-Identifier: Apache-2.0
// Outputs are whole or absent: places that cannot be written are refused before the work, and old
// files stay as they were when a run fails.
#include <catch2/catch.hpp>

#include "tests/cli/process.h"
#include "tests/cli/programs.h"

using namespace npulse::test;

namespace {

void require_unwritable(const Desk& desk, const std::string& arguments, const std::string& names) {
  const auto before = desk.files();
  const Outcome outcome = desk.npulse(arguments);
  INFO("npulse " << arguments << "\n" << outcome.err);
  CHECK(outcome.code == 2);
  CHECK(outcome.out == "");
  CHECK_THAT(outcome.err, Catch::Contains(names));
  CHECK(lines_of(outcome.err) == 1);
  CHECK(desk.files() == before);
}

}  // namespace

TEST_CASE("A place that cannot be written is refused before the run", "[cli]") {
  const Desk desk;
  desk.put("good.npt", kGood);
  for (const std::string place : {"nowhere/out.npb", "good.npt/out.npb"}) {
    require_unwritable(desk, "run edu-8x8 good.npt --json " + place, place);
    require_unwritable(desk, "run edu-8x8 good.npt --timeline " + place, place);
    require_unwritable(desk, "asm good.npt -o " + place, place);
    require_unwritable(desk, "dis good.npt -o " + place, place);
    require_unwritable(desk, "lower gemm:8,8,8 --chip edu-8x8 -o " + place, place);
  }
  require_unwritable(desk, "run edu-8x8 good.npt --json .", "is a directory");
  require_unwritable(desk, "asm good.npt -o out.txt", "allowed: .npt (text), .npb (binary)");
}

TEST_CASE("A full disk is an error, not a silent loss", "[cli]") {
  const Desk desk;
  desk.put("good.npt", kGood);
  require_unwritable(desk, "run edu-8x8 good.npt --quiet --json /dev/full", "/dev/full");
  require_unwritable(desk, "run edu-8x8 good.npt --quiet --timeline /dev/full", "/dev/full");
  CHECK(desk.npulse_into("/dev/full", "dis good.npt").code == 2);
  CHECK(desk.npulse_into("/dev/full", "run edu-8x8 good.npt").code == 2);
}

TEST_CASE("A failed run leaves the outputs of the run before", "[cli]") {
  const Desk desk;
  desk.put("stuck.npt", kStuck);
  desk.put("r.json", "old");
  desk.put("t.json", "old");
  REQUIRE(desk.npulse("run edu-8x8 stuck.npt --no-check --json r.json --timeline t.json").code ==
          1);
  CHECK(desk.read("r.json") == "old");
  CHECK(desk.read("t.json") == "old");
  CHECK(desk.files() == std::set<std::string>{"stuck.npt", "r.json", "t.json"});
}

TEST_CASE("A failed assembly leaves the program of the one before", "[cli]") {
  const Desk desk;
  desk.put("bad.npt", kGood + "more\n");
  desk.put("a.npb", "old");
  REQUIRE(desk.npulse("asm bad.npt -o a.npb").code == 2);
  CHECK(desk.read("a.npb") == "old");
  CHECK(desk.files() == std::set<std::string>{"bad.npt", "a.npb"});
}
