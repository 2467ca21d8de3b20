// SPDX-License-Identifier: Apache-2.0
// npulse compare A.json B.json
#include <fstream>
#include <iostream>

#include "arch/chip/comparison.h"
#include "cli/json_target.h"
#include "sim/core/error.h"

namespace npulse::cli {
namespace {

nlohmann::ordered_json read_report(const std::string& path) {
  std::ifstream in{path};
  if (!in)
    throw InputError{path, "cannot be read", "give the file that run --json or dram --json wrote"};
  try {
    auto json = nlohmann::ordered_json::parse(in);
    if (json.is_object() && json.contains("npulse_version")) return json;
  } catch (const nlohmann::json::exception& error) {
    throw InputError{path, std::string{"is no JSON: "} + error.what()};
  }
  throw InputError{path, "is no report of npulse run --json or npulse dram --json"};
}

}  // namespace

int compare_command(const Arguments& arguments) {
  CommandLine line{"compare A.json B.json [--json FILE]", "npulse compare hbm.json lpddr.json"};
  line.positional("A", "Report of one run, or of one replay of a DRAM trace.");
  line.positional("B", "Report of another one.");
  add_json_option(line);
  if (!line.parse(arguments)) return 0;
  const auto comparison = arch::compare(read_report(line.get<std::string>("A")),
                                        read_report(line.get<std::string>("B")));
  JsonTarget json{line};
  if (!json.to_stdout()) std::cout << to_text(comparison);
  json.write(to_json(comparison));
  return 0;
}

}  // namespace npulse::cli
