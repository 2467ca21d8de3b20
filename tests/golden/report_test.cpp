// SPDX-License-Identifier: Apache-2.0
// The reports of a few small runs, key by key. A change here moves results that users have: it
// needs a line under "Changed results" in CHANGELOG.md. To write them anew:
//   NPULSE_UPDATE_GOLDEN=1 ctest --preset release -R golden
#include <catch2/catch.hpp>
#include <cstdlib>
#include <fstream>

#include "arch/chip/report_json.h"
#include "sim/core/output_file.h"
#include "tests/support/runs.h"
#include "tests/support/temp_dir.h"

using namespace npulse;
using namespace npulse::arch;
using namespace npulse::test;
using Json = nlohmann::ordered_json;

namespace {

const std::filesystem::path kGolden{NPULSE_SOURCE_DIR "/tests/golden/reports"};
constexpr double kRounding = 1e-9;  // another compiler may contract or reorder sums of energy

/// What of a report is kept: not what only repeats (other cores, channels) or changes with a
/// release.
Json kept_of(const Report& report) {
  Json json = to_json(report);
  for (const char* key : {"npulse_version", "stats", "unsure"}) json.erase(key);
  json.at("memory").erase("channels");
  Json& queues = json.at("queues");
  for (auto queue = queues.begin(); queue != queues.end();) {
    queue = queue.key().rfind("c0.", 0) == 0 ? std::next(queue) : queues.erase(queue);
  }
  return json.flatten();
}

bool same(const Json& a, const Json& b) {
  if (a.is_number_float() && b.is_number())
    return a.get<double>() == Approx(b.get<double>()).epsilon(kRounding).margin(0);
  return a == b;
}

/// One line for each key that differs.
std::string difference(const Json& golden, const Json& now) {
  std::string lines;
  const auto line = [&](const std::string& key, const std::string& before,
                        const std::string& after) {
    lines += "\n  " + key + ": " + before + " -> " + after;
  };
  for (const auto& [key, value] : golden.items()) {
    if (!now.contains(key)) {
      line(key, value.dump(), "gone");
    } else if (!same(value, now.at(key))) {
      line(key, value.dump(), now.at(key).dump());
    }
  }
  for (const auto& [key, value] : now.items()) {
    if (!golden.contains(key)) line(key, "absent", value.dump());
  }
  return lines;
}

void require_golden(const std::string& name, const Report& report) {
  const std::filesystem::path path = kGolden / (name + ".json");
  const Json now = kept_of(report);
  if (std::getenv("NPULSE_UPDATE_GOLDEN")) write_file(path, now.dump(1) + "\n");
  std::ifstream in{path};
  REQUIRE(in);
  const std::string found = difference(Json::parse(in), now);
  INFO(name << " differs (NPULSE_UPDATE_GOLDEN=1 ctest --preset release -R golden writes it anew):"
            << found);
  CHECK(found.empty());
}

}  // namespace

TEST_CASE("The report of a product on the small chip is the golden one", "[golden]") {
  require_golden("gemm-edu-8x8", run_model("gemm:48,40,56", load_chip("edu-8x8")));
}

TEST_CASE("The report of a program in text is the golden one", "[golden]") {
  const auto text = tests::read_file(NPULSE_SOURCE_DIR "/tests/golden/double_buffer.npt");
  require_golden("double-buffer-edu-8x8", run_text(text, load_chip("edu-8x8")));
}

TEST_CASE("The report of one decode layer on the big chip is the golden one", "[golden]") {
  require_golden("llama-layer-rngd",
                 run_model("llama-3.1-8b", load_chip("rngd"), fp8_layers(0, 1)));
}
