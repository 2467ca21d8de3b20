// SPDX-License-Identifier: Apache-2.0
// Whatever is wrong with the input: one screen that names the place, the value and what is allowed,
// exit code 2, and no file left behind.
#include <catch2/catch.hpp>

#include "tests/cli/programs.h"
#include "tests/cli/requirements.h"

using namespace npulse::test;

namespace {

std::string edu_yaml() {
  return npulse::tests::read_file(NPULSE_SOURCE_DIR "/configs/chips/edu-8x8.yaml");
}

std::string replaced(std::string text, const std::string& what, const std::string& with) {
  const auto at = text.find(what);
  REQUIRE(at != std::string::npos);
  return text.replace(at, what.size(), with);
}

std::size_t line_of(const std::string& text, const std::string& what) {
  const auto at = text.find(what);
  REQUIRE(at != std::string::npos);
  return 1 + static_cast<std::size_t>(
                 std::count(text.begin(), text.begin() + static_cast<long>(at), '\n'));
}

}  // namespace

TEST_CASE("A chip file's faults are all named with line and column in one pass", "[cli]") {
  const Desk desk;
  std::string yaml = replaced(edu_yaml(), "dispatch_cycles:", "dispatch_cycels:");
  yaml = replaced(yaml, "lanes: 8", "lanes: many");
  yaml = replaced(yaml, "cores: 1", "cores: 0");
  desk.put("chip.yaml", yaml);
  const auto place = [&](const char* key) {
    return "chip.yaml:" + std::to_string(line_of(yaml, key)) + ":";
  };
  require_refused(desk, "run ./chip.yaml gemm:8,8,8",
                  {place("dispatch_cycels"), "did you mean 'dispatch_cycles'", place("lanes: many"),
                   "many", place("cores: 0"), "between 1 and 64"});
}

TEST_CASE("A change of a parameter is checked as the file is", "[cli]") {
  const Desk desk;
  require_refused(desk, "run edu-8x8 gemm:8,8,8 --set dma.start_cyles=3",
                  {"start_cyles", "start_cycles"});
  require_refused(desk, "run edu-8x8 gemm:8,8,8 --set cores=two", {"cores", "two"});
  require_refused(desk, "run edu-8x8 gemm:8,8,8 --set cores=65", {"65", "between 1 and 64"});
  require_refused(desk, "run edu-8x8 gemm:8,8,8 --set pe.kind=cube",
                  {"cube", "systolic", "dot_product"});
  require_refused(desk, "run edu-8x8 gemm:8,8,8 --set clock=fast", {"clock", "fast"});
  require_refused(desk, "run edu-8x8 gemm:8,8,8 --set part.rate_mtps=0",
                  {"rate_mtps", "between 100"});
  require_refused(desk, "run edu-8x8 gemm:8,8,8 --set nonsense", {"nonsense", "="});
}

TEST_CASE("An unknown name is answered with the nearest one", "[cli]") {
  const Desk desk;
  require_refused(desk, "run rngdd gemm:8,8,8", {"rngdd", "rngd", "bertha", "edu-8x8"});
  require_refused(desk, "run edu-8x8 gemm:8,8,8 --memory lpddr5-6401",
                  {"lpddr5-6401", "lpddr5-6400"});
  require_refused(desk, "run rngd llama-3.1-8c", {"llama-3.1-8c", "llama-3.1-8b"});
  require_refused(desk, "run rngd llama-3.1-8b --phase decoding",
                  {"--phase", "decoding", "decode"});
  require_refused(desk, "runn", {"runn", "did you mean 'run'"});
  require_refused(desk, "run edu-8x8 gemm:8,8,8 --jsn x", {"--jsn", "--json"});
}

TEST_CASE("Numbers on the command line are checked", "[cli]") {
  const Desk desk;
  require_refused(desk, "run edu-8x8 gemm:8,8", {"gemm:8,8", "gemm:M,N,K"});
  require_refused(desk, "run edu-8x8 gemm:8,0,8", {"gemm:8,0,8"});
  require_refused(desk, "run edu-8x8 gemm:8,8,8 --memory lpddr5-6400:0", {"0", "1 to"});
  require_refused(desk, "run edu-8x8 gemm:8,8,8 --memory lpddr5-6400:x", {"x", "channel"});
  require_refused(desk, "run rngd llama-3.1-8b --batch 0", {"--batch", "0", "1 to"});
  require_refused(desk, "run rngd llama-3.1-8b --layers 5:3", {"5:3"});
  require_refused(desk, "run rngd llama-3.1-8b --layers 0:99", {"0:99", "32"});
  require_refused(desk, "run edu-8x8 gemm:8,8,8 --max-ms -1", {"--max-ms", "-1"});
  require_refused(desk, "run edu-8x8 gemm:8,8,8 --max-ms soon", {"max-ms", "soon"});
}

TEST_CASE("A missing file is named", "[cli]") {
  const Desk desk;
  for (const char* command :
       {"run edu-8x8 gone.npb", "check gone.npb --chip edu-8x8", "dis gone.npb", "info gone.npt",
        "asm gone.npt -o a.npb", "compare gone.json gone.json"}) {
    require_refused(desk, command, {"gone."});
  }
  require_refused(desk, "run ./gone.yaml gemm:8,8,8", {"gone.yaml"});
}

TEST_CASE("A cut-off binary program is refused wherever it was cut", "[cli]") {
  const Desk desk;
  desk.put("good.npt", kGood);
  REQUIRE(desk.npulse("asm good.npt -o good.npb").code == 0);
  const std::string whole = desk.read("good.npb");
  for (const std::size_t size :
       {std::size_t{0}, std::size_t{3}, std::size_t{11}, whole.size() / 2, whole.size() - 1}) {
    desk.put("cut.npb", whole.substr(0, size));
    INFO(size << " of " << whole.size() << " bytes");
    require_refused(desk, "run edu-8x8 cut.npb", {"cut.npb"});
  }
}

TEST_CASE("A bit-flipped binary program is refused, never run wrongly", "[cli]") {
  const Desk desk;
  desk.put("good.npt", kGood);
  REQUIRE(desk.npulse("asm good.npt -o good.npb").code == 0);
  const std::string whole = desk.read("good.npb");
  for (std::size_t byte = 0; byte < whole.size(); byte += 1 + whole.size() / 16) {
    std::string flipped = whole;
    flipped[byte] = static_cast<char>(flipped[byte] ^ (1 << byte % 8));
    desk.put("flipped.npb", flipped);
    INFO("byte " << byte);
    require_refused(desk, "run edu-8x8 flipped.npb", {"flipped.npb"});
  }
}

TEST_CASE("A program for another chip is refused with both names", "[cli]") {
  const Desk desk;
  desk.put("edu.npt", kGood);
  require_refused(desk, "run rngd edu.npt", {"edu.npt", "edu-8x8", "rngd"});
}

TEST_CASE("A scratchpad overflow is found before the run, by check and by run", "[cli]") {
  const Desk desk;
  desk.put("overflow.npt", kOverflow);
  for (const char* command : {"check overflow.npt", "run edu-8x8 overflow.npt"}) {
    require_refused(desk, command, {"overflow.npt:10", "spm", "262144"});
  }
}

TEST_CASE("A race is found before the run, with both lines", "[cli]") {
  const Desk desk;
  desk.put("race.npt", kRace);
  for (const char* command : {"check race.npt", "run edu-8x8 race.npt"}) {
    require_refused(desk, command, {"race.npt:11", "line 10", "spm"});
  }
}

TEST_CASE("A wait that can never be met is found before the run", "[cli]") {
  const Desk desk;
  desk.put("stuck.npt", kStuck);
  for (const char* command : {"check stuck.npt", "run edu-8x8 stuck.npt"}) {
    require_refused(desk, command, {"stuck.npt:11", "in", "2"});
  }
}

TEST_CASE("Without the check, a deadlock names who waits for what and who signalled last",
          "[cli]") {
  const Desk desk;
  desk.put("stuck.npt", kStuck);
  require_refused(desk, "run edu-8x8 stuck.npt --no-check --json r.json --timeline t.json",
                  {"deadlock", "mx at line 11", "in >= 2", "which is 1", "ld at line 10"},
                  kFailedProgram);
}

TEST_CASE("A run past its time limit fails as a simulated program", "[cli]") {
  const Desk desk;
  require_refused(desk, "run edu-8x8 gemm:64,64,64 --max-ms 0.001 --json r.json", {"limit"},
                  kFailedProgram);
}

TEST_CASE("Text that is no program is refused with line and column", "[cli]") {
  const Desk desk;
  desk.put("typo.npt", replaced(kGood, "mx: mm a=", "mx: mn a="));
  require_refused(desk, "asm typo.npt -o typo.npb", {"typo.npt:12:7", "mn", "mm"});
  desk.put("noise.npb", std::string("\x7f"
                                    "ELF\0\1\2\3",
                                    8));
  require_refused(desk, "info noise.npb", {"noise.npb"});
}

TEST_CASE("A model and its options that do not go together are refused", "[cli]") {
  const Desk desk;
  desk.put("good.npt", kGood);
  require_refused(desk, "run edu-8x8 good.npt --batch 2", {"good.npt", "--batch"});
  require_refused(desk, "run edu-8x8 gemm:8,8,8 --weights fp8", {"fp8", "i8"});
  require_refused(desk, "run edu-8x8 gemm:8,8,8 --layers 0:1", {"--layers"});
}
