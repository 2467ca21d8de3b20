// SPDX-License-Identifier: Apache-2.0
// Whole traces: which dialect they are, their times, and all faults in one pass.
#include <catch2/catch.hpp>

#include "tests/support/temp_dir.h"
#include "tests/traces/dram/accesses.h"

using namespace npulse;
using namespace npulse::traces;
using namespace npulse::test;

namespace {

constexpr Bytes kDefault{48};
const std::string kData = NPULSE_SOURCE_DIR "/tests/traces/dram/data/";

std::vector<Diagnostic> faults_of(const std::string& text, const ReaderOptions& options = {}) {
  try {
    read_all(text, "t", options);
  } catch (const InputError& error) {
    return error.faults();
  }
  return {};
}

}  // namespace

TEST_CASE("The same accesses come out of every dialect's file", "[traces][dram]") {
  const auto [file, dialect] = GENERATE(table<std::string, Dialect>({
      {"native.trace", Dialect::native},
      {"dramsys.stl", Dialect::stl},
      {"dramsys.rstl", Dialect::rstl},
      {"ramulator.trace", Dialect::ramulator},
      {"dramsim3.trace", Dialect::dramsim3},
  }));
  INFO(file);
  const std::string text = tests::read_file(kData + file);
  CHECK(read_all(text, file, {.default_bytes = kDefault}) == the_eight_in(dialect, kDefault));
  CHECK(read_all(text, "other", {.dialect = dialect, .default_bytes = kDefault}) ==
        the_eight_in(dialect, kDefault));
}

TEST_CASE("The name decides over the first line, and the option over the name", "[traces][dram]") {
  const std::string relative = "5: read 0x0\n5: read 0x40\n";
  CHECK(read_all(relative, "t")[1].cycle == Cycles{5});
  CHECK(read_all(relative, "t.stl.gz")[1].cycle == Cycles{5});
  CHECK(read_all(relative, "t.rstl")[1].cycle == Cycles{10});
  CHECK(read_all(relative, "t.rstl.gz")[1].cycle == Cycles{10});
  CHECK(read_all(relative, "t.stl", {.dialect = Dialect::rstl})[1].cycle == Cycles{10});
}

TEST_CASE("Times that go back are those of the access before", "[traces][dram]") {
  const auto accesses = read_all("0 R 0x0 @9\n0 R 0x0 @3\n0 R 0x0 @10\n", "t");
  CHECK(accesses[1].cycle == Cycles{9});
  CHECK(accesses[2].cycle == Cycles{10});
}

TEST_CASE("Every fault of a trace is reported in one pass, each with its line", "[traces][dram]") {
  const auto faults = faults_of("0 R 0x0\n# fine\n0 X 0x0\n0 R 0x40\n0 R 40\n");
  REQUIRE(faults.size() == 2);
  CHECK(faults[0].where == "t:3:3");
  CHECK(faults[1].where == "t:5:5");
  CHECK_THAT(faults[0].hint, Catch::Contains("native: SOURCE R|W 0xADDRESS"));
}

TEST_CASE("A file of another kind gives a screenful of faults and no more", "[traces][dram]") {
  std::string text;
  for (int i = 0; i < 1000; ++i) text += "nonsense\n";
  CHECK(faults_of(text).size() == AccessReader::kMaxFaults);
}

TEST_CASE("The trace of a core is its loads and stores, without times", "[traces][dram]") {
  const std::string text = "3 64\n0 128 192\n# a core\n17 256\n";
  const auto accesses = read_all(text, "t", {.default_bytes = Bytes{32}});
  const std::vector<MemoryAccess> expected{{0, false, 64, Bytes{32}, {}},
                                           {0, false, 128, Bytes{32}, {}},
                                           {0, true, 192, Bytes{32}, {}},
                                           {0, false, 256, Bytes{32}, {}}};
  CHECK(accesses == expected);
  const auto untimed = faults_of(text, {.needs_cycles = true});
  CHECK(untimed.size() == 4);  // one each access
  CHECK(untimed.front().where == "t:1:1");
  const auto far = faults_of("0 64 8192\n", {.end = 4096});
  REQUIRE(far.size() == 1);
  CHECK(far[0].where == "t:1:1");
}

TEST_CASE("An access beyond the memory is a fault of its line", "[traces][dram]") {
  const ReaderOptions options{.default_bytes = Bytes{64}, .end = 0x1000};
  CHECK(faults_of("0 R 0xfc0\n", options).empty());
  const auto faults = faults_of("0 R 0xfc0\n0 R 0xfc1\n0 R 0xffffffffffffffff\n", options);
  REQUIRE(faults.size() == 2);
  CHECK(faults[0].where == "t:2:1");
  CHECK_THAT(faults[0].message, Catch::Contains("beyond the 4096 bytes"));
}

TEST_CASE("A line without a time is a fault when times are needed", "[traces][dram]") {
  CHECK(faults_of("0 R 0x0 @1\n", {.needs_cycles = true}).empty());
  CHECK(faults_of("0 R 0x0\n", {.needs_cycles = true}).size() == 1);
  CHECK(faults_of("LD 0x0\nLD 0x0\n", {.needs_cycles = true}).size() == 2);
}

TEST_CASE("Relative times may not add up past what a run can hold", "[traces][dram]") {
  const std::string line = "1000000000000: read 0x0\n";
  CHECK(faults_of(line, {.dialect = Dialect::rstl}).empty());
  CHECK(faults_of(line + line, {.dialect = Dialect::rstl}).size() == 1);
}

TEST_CASE("An empty trace has no accesses", "[traces][dram]") {
  CHECK(read_all("", "t").empty());
  CHECK(read_all("# nothing\n\n", "t").empty());
}
