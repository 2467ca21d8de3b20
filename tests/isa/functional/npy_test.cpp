// SPDX-License-Identifier: Apache-2.0
// tests/python/test_functional.py reads and writes the same files with NumPy.
#include "isa/functional/npy.h"

#include <catch2/catch.hpp>

#include "sim/core/error.h"
#include "tests/support/temp_dir.h"

using namespace npulse;
using namespace npulse::isa;
using namespace npulse::isa::functional;

TEST_CASE("An array comes back from its .npy file", "[functional]") {
  const tests::TempDir dir;
  const Array array{{2, 3}, {0, 1, -2, 3, 100, -128}};
  for (const DataType type : {DataType::i8, DataType::i16, DataType::i32, DataType::fp32}) {
    write_npy(dir / "a.npy", array, type);
    REQUIRE(read_npy(dir / "a.npy") == array);
  }
  const Array line{{1}, {0.5}};
  write_npy(dir / "a.npy", line, DataType::bf16);
  REQUIRE(read_npy(dir / "a.npy") == line);
}

TEST_CASE("A damaged .npy file is refused, wherever it is cut", "[functional]") {
  const tests::TempDir dir;
  write_npy(dir / "a.npy", {{4}, {1, 2, 3, 4}}, DataType::i16);
  const std::string whole = tests::read_file(dir / "a.npy");
  for (std::size_t length = 0; length < whole.size(); ++length) {
    CAPTURE(length);
    tests::write_file(dir / "b.npy", whole.substr(0, length));
    REQUIRE_THROWS_AS(read_npy(dir / "b.npy"), InputError);
  }
  tests::write_file(dir / "b.npy", whole);
  REQUIRE_NOTHROW(read_npy(dir / "b.npy"));
}
