// SPDX-License-Identifier: Apache-2.0
// What is written is read back.
#include "traces/dram/writer.h"

#include <catch2/catch.hpp>
#include <random>

#include "tests/traces/dram/accesses.h"

using namespace npulse;
using namespace npulse::traces;
using namespace npulse::test;

namespace {

std::string written(Dialect dialect, const std::vector<MemoryAccess>& accesses) {
  std::ostringstream out;
  AccessWriter writer{out, dialect};
  for (const auto& access : accesses) writer.put(access);
  return out.str();
}

}  // namespace

TEST_CASE("Every dialect gives back what it can say", "[traces][dram]") {
  for (const auto& entry : enum_names(Dialect{})) {
    if (!can_be_written(entry.value)) continue;
    INFO(entry.name);
    const std::string text = written(entry.value, the_eight());
    const ReaderOptions options{.dialect = entry.value, .default_bytes = Bytes{48}};
    CHECK(read_all(text, "t", options) == the_eight_in(entry.value, Bytes{48}));
  }
}

TEST_CASE("A written trace is recognised by its first line", "[traces][dram]") {
  for (const auto& entry : enum_names(Dialect{})) {
    if (!can_be_written(entry.value)) continue;
    if (entry.value == Dialect::rstl) continue;  // only its name tells it from stl
    INFO(entry.name);
    const std::string text = written(entry.value, the_eight());
    CHECK(dialect_of_line(text.substr(0, text.find('\n'))) == entry.value);
  }
}

TEST_CASE("Any accesses survive native and both DRAMSys dialects", "[traces][dram]") {
  std::mt19937_64 random{7};
  std::vector<MemoryAccess> accesses;
  Cycles now{0};
  for (int i = 0; i < 1000; ++i) {
    now += Cycles{static_cast<std::int64_t>(random() % 100)};
    const auto bytes = static_cast<std::int64_t>(1 + random() % (1 << 20));
    accesses.push_back({0, random() % 2 == 0, random(), Bytes{bytes}, now});
    accesses.back().address >>= 24;
  }
  for (const Dialect dialect : {Dialect::native, Dialect::stl, Dialect::rstl}) {
    CHECK(read_all(written(dialect, accesses), "t", {.dialect = dialect}) == accesses);
  }
}
