// SPDX-License-Identifier: Apache-2.0
// Ctrl-C in the middle of a long run: exit code 130, a word of it, and nothing half-written.
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <chrono>
#include <csignal>
#include <random>
#include <thread>
#include <vector>

#include "tests/cli/process.h"

using namespace npulse::test;

namespace {

constexpr auto kPatience = std::chrono::seconds{60};
constexpr auto kPause = std::chrono::milliseconds{10};

using Words = std::vector<const char*>;

/// `npulse WORDS`, in `folder`.
pid_t start(Words words, const std::filesystem::path& folder, const std::string& errors) {
  words.insert(words.begin(), "npulse");
  words.push_back(nullptr);
  const pid_t child = fork();
  if (child != 0) return child;
  if (chdir(folder.c_str()) == 0) {
    const int file = open(errors.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    dup2(file, STDERR_FILENO);
    dup2(file, STDOUT_FILENO);
    execv(NPULSE_BINARY, const_cast<char* const*>(words.data()));
  }
  _exit(127);
}

/// True once `folder` holds `count` files: the run has opened its outputs.
bool wait_for_files(const std::filesystem::path& folder, std::size_t count) {
  const auto end = std::chrono::steady_clock::now() + kPatience;
  while (std::chrono::steady_clock::now() < end) {
    if (files_in(folder).size() >= count) return true;
    std::this_thread::sleep_for(kPause);
  }
  return false;
}

/// Ends `npulse WORDS` with Ctrl-C once it has opened `outputs` files: it says so, with 130, and
/// leaves no more files than there were.
void interrupt(const Desk& desk, const Words& words, std::size_t outputs) {
  const npulse::tests::TempDir streams;
  const auto before = desk.files();
  const pid_t child = start(words, desk.path(), streams / "err");
  REQUIRE(child > 0);
  const bool running = wait_for_files(desk.path(), before.size() + outputs);
  kill(child, SIGINT);
  int status = 0;
  REQUIRE(waitpid(child, &status, 0) == child);
  INFO(npulse::tests::read_file(streams / "err"));
  REQUIRE(running);
  REQUIRE(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == 130);
  CHECK(npulse::tests::read_file(streams / "err") == "npulse: interrupted\n");
  CHECK(desk.files() == before);
}

}  // namespace

TEST_CASE("Ctrl-C ends a run with 130 and leaves nothing, and the next run works", "[cli]") {
  const Desk desk;
  interrupt(desk,
            {"run", "rngd", "llama-3.1-8b", "--weights", "fp8", "--json", "r.json", "--timeline",
             "t.json"},
            2);
  CHECK(desk.npulse("run edu-8x8 gemm:16,16,16 --json r.json --timeline t.json").code == 0);
  CHECK(desk.files() == std::set<std::string>{"r.json", "t.json"});
}

TEST_CASE("Ctrl-C ends a replay with 130 and leaves neither report nor commands", "[cli][dram]") {
  const Desk desk;
  std::string trace;
  std::mt19937_64 random{1};
  for (int i = 0; i < 1'000'000; ++i) {
    trace += "0 R 0x" + std::to_string(random() % 1'000'000) + "0\n";
  }
  desk.put("long.trace", trace);
  interrupt(desk,
            {"dram", "lpddr5-6400", "long.trace", "--channels", "1", "--json", "r.json",
             "--commands", "c.gz"},
            2);
}
