// SPDX-License-Identifier: Apache-2.0
// Single lines: what each dialect takes, and where it finds the fault in what it does not.
#include "traces/dram/line.h"

#include <catch2/catch.hpp>

using namespace npulse;
using namespace npulse::traces;

namespace {

MemoryAccess sound(Dialect dialect, std::string_view line) {
  const auto parsed = parse_line(dialect, line);
  INFO(line);
  REQUIRE(std::holds_alternative<LineAccesses>(parsed));
  const auto& accesses = std::get<LineAccesses>(parsed);
  CHECK_FALSE(accesses.second.has_value());
  return accesses.first;
}

struct Bad {
  Dialect dialect;
  const char* line;
  std::size_t column;
  const char* says;
};

}  // namespace

TEST_CASE("Optional parts of a line may be left out", "[traces][dram]") {
  using enum Dialect;
  CHECK(sound(native, "3 W 0x40") == MemoryAccess{3, true, 0x40, {}, {}});
  CHECK(sound(native, "3 W 0x40 16") == MemoryAccess{3, true, 0x40, Bytes{16}, {}});
  CHECK(sound(native, "3 W 0x40 @7") == MemoryAccess{3, true, 0x40, {}, Cycles{7}});
  CHECK(sound(stl, "9: read 0x40") == MemoryAccess{0, false, 0x40, {}, Cycles{9}});
  CHECK(sound(stl, "9 (8) write 0x40 0x00FF") == MemoryAccess{0, true, 0x40, Bytes{8}, Cycles{9}});
}

TEST_CASE("A line of a core is a load, and a store behind it when there is one", "[traces][dram]") {
  CHECK(sound(Dialect::simpleo3, "3 20734016") == MemoryAccess{0, false, 20734016, {}, {}});
  const auto parsed = parse_line(Dialect::simpleo3, "0 64 128");
  const auto& accesses = std::get<LineAccesses>(parsed);
  CHECK(accesses.first == MemoryAccess{0, false, 64, {}, {}});
  CHECK(accesses.second == MemoryAccess{0, true, 128, {}, {}});
}

TEST_CASE("Blanks, tabs and carriage returns between words do not matter", "[traces][dram]") {
  CHECK(sound(Dialect::native, "  3\tW   0x40\r") == MemoryAccess{3, true, 0x40, {}, {}});
  CHECK(sound(Dialect::dramsim3, "0x2000D5C0 READ  30\r") ==
        MemoryAccess{0, false, 0x2000d5c0, {}, Cycles{30}});
}

TEST_CASE("Empty lines and comments hold no access", "[traces][dram]") {
  for (const char* line : {"", "   ", "\r", "# 0 R 0x0", "  #"}) CHECK(is_blank(line));
  CHECK_FALSE(is_blank("0 R 0x0 # end"));
}

TEST_CASE("A faulty line is refused at the column of its first fault", "[traces][dram]") {
  using enum Dialect;
  const Bad bad = GENERATE(
      Bad{simpleo3, "x 64", 1, "a number of instructions"},
      Bad{simpleo3, "2147483648 64", 1, "0 to 2147483647"},
      Bad{simpleo3, "1", 2, "the line ends; a decimal address"},
      Bad{simpleo3, "1 0x40", 3, "a decimal address"}, Bad{simpleo3, "1 64 -1", 6, "a decimal"},
      Bad{simpleo3, "1 64 64 2", 9, "the end"}, Bad{native, "x R 0x0", 1, "'x' is not a source"},
      Bad{native, "4096 R 0x0", 1, "0 to 4095"}, Bad{native, "-1 R 0x0", 1, "a source"},
      Bad{native, "0  r 0x0", 4, "R or W"}, Bad{native, "0 R", 4, "the line ends; an address"},
      Bad{native, "0 R 40", 5, "with 0x"}, Bad{native, "0 R 0x", 5, "with 0x"},
      Bad{native, "0 R 0x1g", 5, "with 0x"}, Bad{native, "0 R 0x1ffffffffffffffff", 5, "with 0x"},
      Bad{native, "0 R 0x0 0", 9, "bytes"}, Bad{native, "0 R 0x0 1048577", 9, "1 to 1048576"},
      Bad{native, "0 R 0x0 64 7", 12, "a cycle"}, Bad{native, "0 R 0x0 @", 9, "a cycle"},
      Bad{native, "0 R 0x0 64 @1 x", 15, "the end"}, Bad{stl, "x: read 0x0", 1, "a cycle"},
      Bad{stl, "1: (64 read 0x0", 4, "bytes"}, Bad{stl, "1: Read 0x0", 4, "read or write"},
      Bad{stl, "1: read 0x0 77", 13, "data"}, Bad{stl, "1000000000001: read 0x0", 1, "10^12"},
      Bad{rstl, "1: read", 8, "an address"}, Bad{ramulator, "L 0x0", 1, "LD or ST"},
      Bad{ramulator, "LD 0x0 7", 8, "the end"}, Bad{ramulator, "ST abc", 4, "decimal or with 0x"},
      Bad{dramsim3, "0x0 R 1", 5, "READ or WRITE"}, Bad{dramsim3, "0x0 READ", 9, "a cycle"},
      Bad{dramsim3, "0x0 READ 1 1", 12, "the end"});
  INFO(bad.line);
  const auto parsed = parse_line(bad.dialect, bad.line);
  REQUIRE(std::holds_alternative<LineFault>(parsed));
  CHECK(std::get<LineFault>(parsed).column == bad.column);
  CHECK_THAT(std::get<LineFault>(parsed).message, Catch::Contains(bad.says));
}
