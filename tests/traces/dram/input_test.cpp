// SPDX-License-Identifier: Apache-2.0
// Trace files: plain, compressed, damaged, absent.
#include "traces/dram/input.h"

#include <catch2/catch.hpp>

#include "tests/support/gzip.h"
#include "tests/support/temp_dir.h"
#include "traces/dram/reader.h"

using namespace npulse;
using namespace npulse::traces;

namespace {

std::string lines(int count) {
  std::string text;
  for (int i = 0; i < count; ++i) text += "0 R 0x" + std::to_string(i) + "\n";
  return text;
}

int count_accesses(const std::string& path) {
  TraceInput input{path};
  AccessReader reader{input.stream(), path, {}};
  int count = 0;
  while (reader.next()) ++count;
  CHECK(input.fraction() == 1);
  return count;
}

}  // namespace

TEST_CASE("A file is read plain or compressed, whatever its name", "[traces][dram]") {
  const tests::TempDir folder;
  tests::write_file(folder / "plain", lines(100'000));
  tests::write_file(folder / "packed", tests::gzip(lines(100'000)));
  tests::write_file(folder / "twice", tests::gzip(lines(1000)) + tests::gzip(lines(1000)));
  tests::write_file(folder / "empty", "");
  CHECK(count_accesses(folder / "plain") == 100'000);
  CHECK(count_accesses(folder / "packed") == 100'000);
  CHECK(count_accesses(folder / "twice") == 2000);
  TraceInput empty{folder / "empty"};
  CHECK_FALSE(AccessReader{empty.stream(), "empty", {}}.next());
}

TEST_CASE("A damaged compressed file is an error, not a shorter trace", "[traces][dram]") {
  const tests::TempDir folder;
  const std::string whole = tests::gzip(lines(100'000));
  std::string changed = whole;
  changed[whole.size() / 2] = static_cast<char>(changed[whole.size() / 2] + 1);
  tests::write_file(folder / "short", whole.substr(0, whole.size() / 2));
  tests::write_file(folder / "changed", changed);
  CHECK_THROWS_AS(count_accesses(folder / "short"), InputError);
  CHECK_THROWS_AS(count_accesses(folder / "changed"), InputError);
}

TEST_CASE("A file that cannot be read is named", "[traces][dram]") {
  const tests::TempDir folder;
  CHECK_THROWS_WITH(TraceInput{folder / "none"}, Catch::Contains("none: cannot be read"));
  CHECK_THROWS_AS(TraceInput{folder.path().string()}, InputError);
}
