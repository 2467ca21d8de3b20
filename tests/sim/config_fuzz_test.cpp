// SPDX-License-Identifier: Apache-2.0
// Damaged configurations end in a value or an InputError, never in anything else.
#include <catch2/catch.hpp>
#include <random>

#include "sim/core/config.h"
#include "tests/sim/sample_params.h"

using namespace npulse;

namespace {

/// Bytes, YAML punctuation and values that parsers stumble over.
const std::vector<std::string> kPieces{
    "\n", " ",  "\t",   ":",   "-",  "- ",  "[",        "]",   "{",
    "}",  "#",  "&a ",  "*a",  "!",  "|",   ">",        "\"",  "'",
    "%",  "@",  "\\",   "~",   "?",  ",",   "---",      "...", "<<",
    "\r", "e9", "1e99", "0x1", "-1", "nan", "\xc3\x28", std::string(1, 0), "9999999999999999999"};

std::string mutate(std::string text, std::mt19937_64& random) {
  for (std::uint64_t edits = 1 + random() % 6; edits > 0; --edits) {
    const std::size_t at = random() % (text.size() + 1);
    switch (random() % 4) {
      case 0:
        text.erase(at, random() % 12);
        break;
      case 1:
        text.insert(at, kPieces[random() % kPieces.size()]);
        break;
      case 2:
        text.insert(at, text.substr(random() % (text.size() + 1), random() % 40));
        break;
      default:
        if (at < text.size()) text[at] = static_cast<char>(random());
    }
  }
  return text;
}

/// Whether the text reads; any exception but InputError leaves and fails the test.
bool reads(const std::string& text, const std::string& assignment) {
  try {
    ConfigFile file = ConfigFile::parse(text, "f.yaml");
    if (!assignment.empty()) file.set(assignment);
    std::vector<Provenance> provenance;
    read<test::Device>(file, &provenance);
    return true;
  } catch (const InputError& error) {
    REQUIRE_FALSE(error.faults().empty());
    for (const auto& fault : error.faults()) REQUIRE_FALSE(fault.where.empty());
    return false;
  }
}

}  // namespace

TEST_CASE("A damaged file is read or refused, never a crash", "[config][fuzz]") {
  std::mt19937_64 random{20240607};
  int accepted = 0, refused = 0;
  for (int i = 0; i < 5000; ++i) {
    const std::string text = mutate(test::kFullDevice, random);
    CAPTURE(i, text);
    ++(reads(text, "") ? accepted : refused);
  }
  REQUIRE(accepted > 100);  // else the mutations test nothing but the syntax
  REQUIRE(refused > 100);
}

TEST_CASE("A damaged override is taken or refused, never a crash", "[config][fuzz]") {
  std::mt19937_64 random{97};
  int accepted = 0, refused = 0;
  for (int i = 0; i < 3000; ++i) {
    const std::string assignment = mutate("queues.0.depth=12", random);
    CAPTURE(i, assignment);
    ++(reads(test::kFullDevice, assignment) ? accepted : refused);
  }
  REQUIRE(accepted > 20);
  REQUIRE(refused > 100);
}
