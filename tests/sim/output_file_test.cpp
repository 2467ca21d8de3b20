// SPDX-License-Identifier: Apache-2.0
#include "sim/core/output_file.h"

#include <unistd.h>

#include <catch2/catch.hpp>
#include <sstream>

#include "sim/core/error.h"

using namespace npulse;
namespace fs = std::filesystem;

namespace {

struct Directory {
  fs::path path = fs::temp_directory_path() / ("npulse_output_" + std::to_string(getpid()));
  Directory() { fs::create_directory(path); }
  ~Directory() { fs::remove_all(path); }
  std::size_t files() const {
    return static_cast<std::size_t>(std::distance(fs::directory_iterator{path}, {}));
  }
};

std::string content(const fs::path& path) {
  std::ostringstream text;
  text << std::ifstream{path}.rdbuf();
  return text.str();
}

}  // namespace

TEST_CASE("A committed file has its content and leaves nothing beside it", "[core]") {
  const Directory directory;
  const fs::path target = directory.path / "report.json";
  write_file(target, "old");
  write_file(target, "new\n");
  REQUIRE(content(target) == "new\n");
  REQUIRE(directory.files() == 1);
}

TEST_CASE("A file that is not committed leaves the old content and nothing else", "[core]") {
  const Directory directory;
  const fs::path target = directory.path / "report.json";
  write_file(target, "old");
  {
    OutputFile file{target};
    file.stream() << "half";
    file.stream().flush();
    REQUIRE(directory.files() == 2);
  }
  REQUIRE(content(target) == "old");
  REQUIRE(directory.files() == 1);
}

TEST_CASE("A symbolic link stays a link and its file is replaced", "[core]") {
  const Directory directory;
  write_file(directory.path / "file", "old");
  fs::create_symlink(directory.path / "file", directory.path / "link");
  write_file(directory.path / "link", "new");
  REQUIRE(fs::is_symlink(directory.path / "link"));
  REQUIRE(content(directory.path / "file") == "new");
}

TEST_CASE("A device is written in place, never replaced", "[core]") {
  write_file("/dev/null", "gone");
  REQUIRE(fs::is_character_file("/dev/null"));
}

TEST_CASE("A full device, a directory and a missing directory are input errors", "[core]") {
  const Directory directory;
  REQUIRE_THROWS_AS(write_file("/dev/full", "text"), InputError);
  REQUIRE_THROWS_AS(write_file(directory.path, "text"), InputError);
  REQUIRE_THROWS_WITH(write_file(directory.path / "none" / "a.txt", "text"),
                      Catch::Contains("a.txt: cannot be written: No such file"));
  REQUIRE(directory.files() == 0);
}
