// SPDX-License-Identifier: Apache-2.0
// The shipped schemas and parameter reference are those of the code. To write them anew:
//   NPULSE_UPDATE_REFERENCE=1 ctest --preset release -R those.of.the.code
#include "arch/chip/reference.h"

#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "sim/core/output_file.h"

using namespace npulse;

namespace {

const std::filesystem::path kSource{NPULSE_SOURCE_DIR};

std::string content(const std::filesystem::path& path) {
  std::ostringstream text;
  text << std::ifstream{path, std::ios::binary}.rdbuf();
  return text.str();
}

}  // namespace

TEST_CASE("The shipped schemas and parameter reference are those of the code", "[reference]") {
  const bool update = std::getenv("NPULSE_UPDATE_REFERENCE") != nullptr;
  for (const auto& file : arch::reference_files()) {
    INFO(file.path << " is stale: NPULSE_UPDATE_REFERENCE=1 ctest --preset release -R those.of.the.code");
    if (update) write_file(kSource / file.path, file.content);
    CHECK((content(kSource / file.path) == file.content));
  }
}
