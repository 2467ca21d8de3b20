// SPDX-License-Identifier: Apache-2.0
#include "sim/core/catalogue.h"

#include <unistd.h>

#include <catch2/catch.hpp>
#include <cstdlib>

#include "sim/core/error.h"
#include "sim/core/output_file.h"

using namespace npulse;
namespace fs = std::filesystem;

namespace {

/// A configuration tree with three chips and something that is none.
struct Tree {
  fs::path root = fs::temp_directory_path() / ("npulse_catalogue_" + std::to_string(getpid()));
  Tree() {
    fs::create_directories(root / "chips");
    for (const char* name : {"rngd.yaml", "edu-8x8.yaml", "lpddr5x-3.1.yaml", "README.md"}) {
      write_file(root / "chips" / name, "name: x\n");
    }
  }
  ~Tree() { fs::remove_all(root); }
};

}  // namespace

TEST_CASE("Names of a kind are listed in order, other files are not", "[config]") {
  const Tree tree;
  REQUIRE(Catalogue{tree.root}.list("chips") ==
          std::vector<std::string>{"edu-8x8", "lpddr5x-3.1", "rngd"});
  REQUIRE(Catalogue{tree.root}.list("parts").empty());
}

TEST_CASE("A name or a path finds its file", "[config]") {
  const Tree tree;
  const Catalogue catalogue{tree.root};
  const fs::path rngd = tree.root / "chips" / "rngd.yaml";
  REQUIRE(catalogue.find("chips", "rngd") == rngd);
  REQUIRE(catalogue.find("chips", rngd.string()) == rngd);
  REQUIRE(catalogue.find("chips", "lpddr5x-3.1").filename() == "lpddr5x-3.1.yaml");
}

TEST_CASE("An unknown name lists all names and the nearest", "[config]") {
  const Tree tree;
  const Catalogue catalogue{tree.root};
  REQUIRE_THROWS_WITH(catalogue.find("chips", "rnqd"),
                      "chips 'rnqd': unknown; allowed: edu-8x8, lpddr5x-3.1, rngd, or a path to a "
                      "file; did you mean 'rngd'?");
  REQUIRE_THROWS_AS(catalogue.find("chips", "none.yaml"), InputError);
  REQUIRE_THROWS_WITH(catalogue.find("parts", "x"), Catch::Contains("there are no parts in"));
}

TEST_CASE("The environment names the tree before the package does", "[config]") {
  const Tree tree;
  REQUIRE(Catalogue::locate("/package").root() == "/package");
  setenv("NPULSE_CONFIGS", tree.root.c_str(), 1);
  REQUIRE(Catalogue::locate("/package").root() == tree.root);
  setenv("NPULSE_CONFIGS", "/nonexistent", 1);
  REQUIRE_THROWS_AS(Catalogue::locate(), InputError);
  unsetenv("NPULSE_CONFIGS");
  REQUIRE(Catalogue::locate().root() == NPULSE_SOURCE_DIR "/configs");
}
