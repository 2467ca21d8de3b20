// SPDX-License-Identifier: Apache-2.0
// The same inputs give the same bytes: again, in any order of runs, from anywhere.
#include <catch2/catch.hpp>

#include "arch/chip/report_json.h"
#include "arch/chip/report_text.h"
#include "tests/support/runs.h"
#include "tests/support/temp_dir.h"

using namespace npulse;
using namespace npulse::arch;
using namespace npulse::test;

namespace {

std::string decode_json() {
  return to_json(run_model("llama-3.1-8b", load_chip("rngd"), fp8_layers(0, 1))).dump();
}

std::string gemm_json(const std::string& memory) {
  return to_json(run_model("gemm:70,50,90", load_chip("edu-8x8", {memory, {}}))).dump();
}

/// Restores the working directory when it goes.
class WorkingDirectory {
 public:
  explicit WorkingDirectory(const std::filesystem::path& path)
      : before_{std::filesystem::current_path()} {
    std::filesystem::current_path(path);
  }
  ~WorkingDirectory() { std::filesystem::current_path(before_); }
  WorkingDirectory(const WorkingDirectory&) = delete;
  WorkingDirectory& operator=(const WorkingDirectory&) = delete;

 private:
  std::filesystem::path before_;
};

}  // namespace

TEST_CASE("A decode layer reports the same bytes again and from elsewhere", "[determinism]") {
  const std::string first = decode_json();
  const tests::TempDir elsewhere;
  const WorkingDirectory inside{elsewhere.path()};
  REQUIRE((decode_json() == first));
}

TEST_CASE("Many runs in one process do not influence each other", "[determinism]") {
  const std::string one = gemm_json("lpddr5-6400:1"), four = gemm_json("lpddr5-6400:4");
  REQUIRE((one != four));
  for (int i = 0; i < 20; ++i) {
    REQUIRE((gemm_json("lpddr5-6400:1") == one));
    REQUIRE((gemm_json("lpddr5-6400:4") == four));
  }
}

TEST_CASE("A failed run leaves nothing behind for the next one", "[determinism]") {
  const std::string before = gemm_json("lpddr5-6400:1");
  const auto chip = load_chip("edu-8x8");
  RunOptions hurry;
  hurry.time_limit = Picoseconds{1000};
  REQUIRE_THROWS_AS(arch::run(chip, lowered("gemm:64,64,64", chip), hurry), SimulationError);
  REQUIRE((gemm_json("lpddr5-6400:1") == before));
}

TEST_CASE("Watching a run does not change it", "[determinism]") {
  const tests::TempDir dir;
  const auto chip = load_chip("edu-8x8");
  RunOptions watched;
  watched.timeline = dir / "t.json";
  watched.poll = [] {};
  watched.progress = [](double, Picoseconds) {};
  const auto program = lowered("gemm:70,50,90", chip);
  REQUIRE((to_json(arch::run(chip, program, watched)).dump() ==
           to_json(arch::run(chip, program)).dump()));
}

TEST_CASE("A timeline is whole JSON, the same bytes every time", "[determinism]") {
  const tests::TempDir dir;
  const auto chip = load_chip("edu-8x8");
  const auto program = lowered("gemm:70,50,90", chip);
  for (const char* name : {"a", "b"}) {
    RunOptions options;
    options.timeline = dir / name;
    arch::run(chip, program, options);
  }
  REQUIRE_NOTHROW(nlohmann::json::parse(tests::read_file(dir / "a")));
  REQUIRE((tests::read_file(dir / "a") == tests::read_file(dir / "b")));
}
