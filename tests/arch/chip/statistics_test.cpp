// SPDX-License-Identifier: Apache-2.0
// docs/statistics.md is that of the code. To write it anew:
//   NPULSE_UPDATE_REFERENCE=1 ctest --preset release -R those.of.the.code
#include <catch2/catch.hpp>
#include <cstdlib>
#include <set>

#include "arch/chip/reference.h"
#include "sim/core/output_file.h"
#include "tests/support/runs.h"
#include "tests/support/temp_dir.h"

using namespace npulse;
using namespace npulse::arch;
using namespace npulse::test;

TEST_CASE("The documented statistics are those of the code", "[reference]") {
  const auto report = run_model("gemm:8,8,8", load_chip("edu-8x8"));
  const ReferenceFile file = statistics_reference(report.stats);
  const std::filesystem::path path = std::filesystem::path{NPULSE_SOURCE_DIR} / file.path;
  if (std::getenv("NPULSE_UPDATE_REFERENCE")) write_file(path, file.content);
  INFO(file.path
       << " is stale: NPULSE_UPDATE_REFERENCE=1 ctest --preset release -R those.of.the.code");
  CHECK((tests::read_file(path) == file.content));
}

TEST_CASE("Every statistic says what it means, once a module", "[reference]") {
  const auto report = run_model("gemm:8,8,8", load_chip("edu-8x8"));
  REQUIRE(!report.stats.empty());
  for (const StatsReport& module : report.stats) {
    std::set<std::string> names;
    for (const StatsReport::Value& value : module.values) {
      CAPTURE(module.module, value.name);
      CHECK(!value.doc.empty());
      CHECK(names.insert(value.name).second);
    }
  }
}
