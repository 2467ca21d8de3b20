// SPDX-License-Identifier: Apache-2.0
// What is required of a command: that it did its work, or refused it and said why.
#pragma once

#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "tests/cli/process.h"

namespace npulse::test {

constexpr int kBadInput = 2, kFailedProgram = 1;
constexpr std::int64_t kScreen = 25;  ///< Lines.

/// Runs, and requires that all went well; warnings may have been given.
inline Outcome require_done(const Desk& desk, const std::string& arguments) {
  Outcome outcome = desk.npulse(arguments);
  INFO("npulse " << arguments << "\n" << outcome.err);
  REQUIRE(outcome.code == 0);
  return outcome;
}

/// The same without a word on standard error.
inline Outcome require_ok(const Desk& desk, const std::string& arguments) {
  Outcome outcome = require_done(desk, arguments);
  REQUIRE(outcome.err == "");
  return outcome;
}

inline void require_message(const Outcome& outcome, int code,
                            const std::vector<std::string>& says) {
  INFO(outcome.err);
  CHECK(outcome.code == code);
  CHECK(outcome.out == "");
  CHECK((outcome.err.rfind("npulse: ", 0) == 0 ||
         outcome.err.find("\nnpulse: ") != std::string::npos));
  CHECK(lines_of(outcome.err) < kScreen);
  for (const std::string& words : says) CHECK_THAT(outcome.err, Catch::Contains(words));
}

/// Runs, requires the message, and that the folder is as before.
inline void require_refused(const Desk& desk, const std::string& arguments,
                            const std::vector<std::string>& says, int code = kBadInput) {
  const auto before = desk.files();
  INFO("npulse " << arguments);
  require_message(desk.npulse(arguments), code, says);
  CHECK(desk.files() == before);
}

}  // namespace npulse::test
