// SPDX-License-Identifier: Apache-2.0
// npulse list KIND
#include <iostream>

#include "cli/command.h"
#include "sim/core/catalogue.h"
#include "sim/core/error.h"

#include <nlohmann/json.hpp>

namespace npulse::cli {

int list_command(const Arguments& arguments) {
  CommandLine line{"list KIND [--json]", "npulse list chips"};
  line.positional("KIND", "chips, parts, tech or models");
  line.options()("json", "Print a JSON list.");
  if (!line.parse(arguments)) return 0;
  const std::vector<std::string> kinds{"chips", "parts", "tech", "models"};
  const auto& kind = line.get<std::string>("KIND");
  if (std::find(kinds.begin(), kinds.end(), kind) == kinds.end()) {
    throw InputError{"command line", "unknown kind '" + kind + "'; allowed: " + join(kinds),
                     did_you_mean(kind, kinds)};
  }
  const auto names = Catalogue::locate().list(kind);
  if (line.has("json")) {
    std::cout << nlohmann::json(names).dump() << "\n";
  } else {
    for (const auto& name : names) std::cout << name << "\n";
  }
  return 0;
}

}  // namespace npulse::cli
