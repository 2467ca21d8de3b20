// SPDX-License-Identifier: Apache-2.0
// npulse compare A.json B.json
#include <fstream>
#include <iostream>

#include "arch/chip/report_text.h"
#include "cli/command.h"
#include "sim/core/error.h"

namespace npulse::cli {
namespace {

nlohmann::ordered_json read_report(const std::string& path) {
  std::ifstream in{path};
  if (!in) throw InputError{path, "cannot be read", "give the file that run --json wrote"};
  try {
    auto json = nlohmann::ordered_json::parse(in);
    if (json.is_object() && json.contains("npulse_version")) return json;
  } catch (const nlohmann::json::exception& error) {
    throw InputError{path, std::string{"is no JSON: "} + error.what()};
  }
  throw InputError{path, "is no report of npulse run --json"};
}

}  // namespace

int compare_command(const Arguments& arguments) {
  CommandLine line{"compare A.json B.json", "npulse compare hbm.json lpddr.json"};
  line.positional("A", "Report of one run.");
  line.positional("B", "Report of another run.");
  if (!line.parse(arguments)) return 0;
  std::cout << arch::compare_text(read_report(line.get<std::string>("A")),
                                  read_report(line.get<std::string>("B")));
  return 0;
}

}  // namespace npulse::cli
