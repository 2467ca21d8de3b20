// SPDX-License-Identifier: Apache-2.0
#include "traces/program_file.h"

#include <sys/resource.h>

#include <catch2/catch.hpp>
#include <csignal>

#include "sim/core/error.h"
#include "tests/support/sample_program.h"
#include "tests/support/temp_dir.h"

using namespace npulse;
using namespace npulse::traces;
using isa::tests::kSample;
using tests::read_file;
using tests::TempDir;
using tests::write_file;

namespace {

std::size_t files_in(const TempDir& dir) {
  std::size_t count = 0;
  for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator{dir.path()})
    ++count;
  return count;
}

isa::Instruction bar() {
  isa::Instruction instruction;
  instruction.operation = isa::Bar{};
  return instruction;
}

}  // namespace

TEST_CASE("Text to binary file to text file gives the same text", "[traces]") {
  const TempDir dir;
  write_file(dir / "a.npt", kSample);
  assemble_file(dir / "a.npt", *create_program(dir / "b.npb"));
  copy_program(*open_program(dir / "b.npb"), *create_program(dir / "c.npt"));
  REQUIRE(read_file(dir / "c.npt") == kSample);
  REQUIRE(files_in(dir) == 3);
}

TEST_CASE("A program is opened by its content, not by its name", "[traces]") {
  const TempDir dir;
  write_file(dir / "text.npb", kSample);
  write_file(dir / "binary.npt", isa::tests::to_binary(isa::assemble(kSample)));
  for (const char* name : {"text.npb", "binary.npt"}) {
    const auto program = open_program(dir / name);
    REQUIRE(program->name() == name);
    REQUIRE(isa::tests::text_of(*program) == kSample);
  }
}

TEST_CASE("Cores may be put in any order and facts at the end, in text too", "[traces]") {
  const TempDir dir;
  const std::string name = GENERATE("a.npt", "a.npb");
  const auto sink = create_program(dir / name);
  isa::ProgramHeader header;
  header.cores = 2;
  header.meta["model"] = "old";
  sink->begin(header);
  sink->put(1, bar());
  sink->put(0, bar());
  sink->put(1, bar());
  sink->finish({{"model", "new"}});
  REQUIRE(isa::tests::text_of(*open_program(dir / name)) ==
          ".npu 1.0\n.cores 2\n.meta model \"new\"\n\ncore 0 {\n  bar core\n}\n\ncore 1 {\n  bar "
          "core\n  bar core\n}\n");
}

TEST_CASE("An unfinished program leaves no file and the old one untouched", "[traces]") {
  const TempDir dir;
  const std::string name = GENERATE("a.npt", "a.npb");
  write_file(dir / name, "precious");
  {
    const auto sink = create_program(dir / name);
    sink->begin({});
    sink->put(0, bar());
  }
  REQUIRE(read_file(dir / name) == "precious");
  write_file(dir / "bad.npt", ".npu 1.0\ncore 0 {\n  nonsense\n}\n");
  REQUIRE_THROWS_AS(assemble_file(dir / "bad.npt", *create_program(dir / name)), InputError);
  REQUIRE(read_file(dir / name) == "precious");
  REQUIRE(files_in(dir) == 2);
}

TEST_CASE("What the file system refuses is an input error with the path", "[traces]") {
  const TempDir dir;
  REQUIRE_THROWS_WITH(open_program(dir / "none.npb"), Catch::Contains("none.npb: No such file"));
  REQUIRE_THROWS_WITH(open_program(dir.path().string()), Catch::Contains("not a regular file"));
  REQUIRE_THROWS_WITH(create_program(dir / "no/such/a.npb"),
                      Catch::Contains("cannot be written: No such file"));
  REQUIRE_THROWS_WITH(
      create_program(dir / "a.bin"),
      Catch::Contains("unknown ending '.bin'") && Catch::Contains(".npt (text), .npb (binary)"));
  std::filesystem::create_directory(dir.path() / "d.npb");
  REQUIRE_THROWS_WITH(create_program(dir / "d.npb"), Catch::Contains("is a directory"));
}

TEST_CASE("A full disk is an input error and leaves no file", "[traces]") {
  const TempDir dir;
  const std::string name = GENERATE("a.npt", "a.npb");
  rlimit before{};
  getrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, SIG_IGN);
  const rlimit small{100, before.rlim_max};
  setrlimit(RLIMIT_FSIZE, &small);
  std::string message;
  try {
    copy_program(isa::assemble(kSample), *create_program(dir / name));
  } catch (const InputError& error) {
    message = error.what();
  }
  setrlimit(RLIMIT_FSIZE, &before);
  REQUIRE_THAT(message, Catch::Contains("File too large") || Catch::Contains("a write failed"));
  REQUIRE(files_in(dir) == 0);
}

TEST_CASE("Empty and foreign files are input errors", "[traces]") {
  const TempDir dir;
  write_file(dir / "empty.npb", "");
  REQUIRE_THROWS_WITH(open_program(dir / "empty.npb"), Catch::Contains("the text is empty"));
  write_file(dir / "png.npb", "\x89PNG\r\n\x1a\n0123456789012345678901234567890123456789");
  REQUIRE_THROWS_WITH(open_program(dir / "png.npb"), Catch::Contains("wrong magic"));
}

TEST_CASE("Programs of version 1.0 stay readable", "[traces][golden]") {
  const std::string golden = std::string{NPULSE_SOURCE_DIR} + "/tests/golden/program-1.0";
  const auto compression = GENERATE("none", "gzip", "zstd");
  const auto program = open_program(golden + "-" + compression + ".npb");
  REQUIRE(isa::tests::text_of(*program) == read_file(golden + ".npt"));
  REQUIRE(isa::tests::text_of(*open_program(golden + ".npt")) == read_file(golden + ".npt"));
}
