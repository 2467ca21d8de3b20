// SPDX-License-Identifier: Apache-2.0
// Ctrl-C in the middle of a long run: exit code 130, a word of it, and nothing half-written.
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <chrono>
#include <csignal>
#include <thread>

#include "tests/cli/process.h"

using namespace npulse::test;

namespace {

constexpr auto kPatience = std::chrono::seconds{60};
constexpr auto kPause = std::chrono::milliseconds{10};

pid_t start_long_run(const std::filesystem::path& folder, const std::string& errors) {
  const pid_t child = fork();
  if (child != 0) return child;
  if (chdir(folder.c_str()) == 0) {
    const int file = open(errors.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    dup2(file, STDERR_FILENO);
    dup2(file, STDOUT_FILENO);
    execl(NPULSE_BINARY, "npulse", "run", "rngd", "llama-3.1-8b", "--weights", "fp8", "--json",
          "r.json", "--timeline", "t.json", static_cast<char*>(nullptr));
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

}  // namespace

TEST_CASE("Ctrl-C ends a run with 130 and leaves nothing, and the next run works", "[cli]") {
  const Desk desk;
  const npulse::tests::TempDir streams;
  const pid_t child = start_long_run(desk.path(), streams / "err");
  REQUIRE(child > 0);
  const bool running = wait_for_files(desk.path(), 2);
  kill(child, SIGINT);
  int status = 0;
  REQUIRE(waitpid(child, &status, 0) == child);
  INFO(npulse::tests::read_file(streams / "err"));
  REQUIRE(running);
  REQUIRE(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == 130);
  CHECK(npulse::tests::read_file(streams / "err") == "npulse: interrupted\n");
  CHECK(desk.files() == std::set<std::string>{});

  CHECK(desk.npulse("run edu-8x8 gemm:16,16,16 --json r.json --timeline t.json").code == 0);
  CHECK(desk.files() == std::set<std::string>{"r.json", "t.json"});
}
