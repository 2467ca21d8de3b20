// SPDX-License-Identifier: Apache-2.0
// All parts, any number of channels, all mappings, policies and kinds of traffic: every transaction
// is answered, every byte is moved, and the judge finds nothing.
#include <catch2/catch.hpp>
#include <set>

#include "tests/support/memory_trial.h"

using namespace npulse::dram;
using namespace npulse::testing;

namespace {

void try_cases(MemoryEngine engine) {
  const auto parts = parts_of_the_product();
  std::set<std::string> parts_seen;
  std::set<std::int64_t> channels_seen;
  for (std::uint64_t seed = 0; seed < 2000; ++seed) {
    const MemoryCase test = memory_case(parts, engine, seed);
    INFO("seed " << seed << ": " << test.words());
    REQUIRE(fault_of(test) == "");
    parts_seen.insert(test.part.name);
    channels_seen.insert(*test.memory.channels);
  }
  REQUIRE(parts_seen.size() == parts.size());
  REQUIRE(channels_seen.size() == kMostChannels);
}

}  // namespace

TEST_CASE("The reference engine serves any traffic under any policy by the rules",
          "[arch][dram][product]") {
  try_cases(MemoryEngine::reference);
}

TEST_CASE("The fast engine serves any traffic under any policy by the rules",
          "[arch][dram][fast][product]") {
  try_cases(MemoryEngine::fast);
}
