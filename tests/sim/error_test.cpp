// SPDX-License-Identifier: Apache-2.0
#include "sim/core/error.h"

#include <catch2/catch.hpp>

using namespace npulse;

TEST_CASE("A typo finds its nearest name, nonsense finds none", "[core]") {
  const std::vector<std::string> names{"t_rcd", "t_rp", "channels"};
  REQUIRE(nearest_name("t_rdc", names) == "t_rcd");
  REQUIRE(nearest_name("chanels", names) == "channels");
  REQUIRE_FALSE(nearest_name("zebra", names));
}

TEST_CASE("An input error shows every fault, one a line", "[core]") {
  Faults faults;
  faults.add("a.yaml:3:1", "unknown key 'x'");
  faults.add("a.yaml:9:4", "rows = 0: must be at least 1", "use 1 or more");
  try {
    faults.throw_if_any();
    FAIL("nothing was thrown");
  } catch (const InputError& error) {
    REQUIRE(error.exit_code() == 2);
    REQUIRE(std::string{error.what()} ==
            "a.yaml:3:1: unknown key 'x'\na.yaml:9:4: rows = 0: must be at least 1; use 1 or more");
  }
}
