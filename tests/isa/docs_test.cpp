// SPDX-License-Identifier: Apache-2.0
// docs/isa.md against the code. To write docs/isa-fields.md anew:
//   NPULSE_UPDATE_REFERENCE=1 ctest --preset release -R field.tables
#include <catch2/catch.hpp>
#include <cstdlib>
#include <set>

#include "isa/checker.h"
#include "isa/reference.h"
#include "isa/text/assembler.h"
#include "tests/support/temp_dir.h"

using namespace npulse;
using namespace npulse::isa;

namespace {

const std::string kDocs = std::string{NPULSE_SOURCE_DIR} + "/docs/";

/// The contents of all code blocks of `language` in docs/isa.md.
std::vector<std::string> blocks(const std::string& language) {
  const std::string text = tests::read_file(kDocs + "isa.md"), fence = "\n```";
  std::vector<std::string> found;
  for (std::size_t at = text.find(fence + language + "\n"); at != std::string::npos;
       at = text.find(fence + language + "\n", at + 1)) {
    const std::size_t begin = text.find('\n', at + 1) + 1;
    found.push_back(text.substr(begin, text.find(fence, begin) + 1 - begin));
  }
  return found;
}

std::set<Opcode> opcodes_of(const MemoryProgram& program) {
  std::set<Opcode> opcodes;
  for (const auto& instruction : program.instructions(0)) opcodes.insert(instruction.opcode());
  return opcodes;
}

}  // namespace

TEST_CASE("The field tables are those of the code", "[isa][docs]") {
  const std::string path = kDocs + "isa-fields.md";
  if (std::getenv("NPULSE_UPDATE_REFERENCE")) tests::write_file(path, reference_markdown());
  INFO(path << " is stale: NPULSE_UPDATE_REFERENCE=1 ctest --preset release -R field.tables");
  REQUIRE((tests::read_file(path) == reference_markdown()));
}

TEST_CASE("The whole programs of docs/isa.md assemble", "[isa][docs]") {
  const auto programs = blocks("npt");
  REQUIRE_FALSE(programs.empty());
  for (const auto& text : programs) REQUIRE_NOTHROW(assemble(text, "docs/isa.md"));
}

TEST_CASE("The examples of docs/isa.md assemble and show every opcode", "[isa][docs]") {
  const std::string head =
      ".npu 1.0\n.cores 8\n.queue ld dma\n.queue mx matrix\n.queue ve vector\n.event loaded\ncore "
      "0 {\n";
  std::set<Opcode> seen;
  for (const auto& text : blocks("npt-line")) {
    CAPTURE(text);
    seen.merge(opcodes_of(assemble(head + text + "}\n", "docs/isa.md")));
  }
  REQUIRE(seen.size() == std::variant_size_v<Operation>);
}
