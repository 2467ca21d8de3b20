// SPDX-License-Identifier: Apache-2.0
// npulse list KIND
#include <fmt/format.h>

#include <iostream>
#include <nlohmann/json.hpp>

#include "arch/dram/part_file.h"
#include "cli/command.h"
#include "sim/core/catalogue.h"
#include "sim/core/error.h"

namespace npulse::cli {

namespace {

/// A name, and the variants that its file lists: only parts have some.
using Entry = std::pair<std::string, std::vector<std::string>>;

std::vector<Entry> entries(const Catalogue& catalogue, const std::string& kind) {
  std::vector<Entry> entries;
  for (const auto& name : catalogue.list(kind)) {
    entries.push_back({name, {}});
    if (kind == "parts") entries.back().second = dram::part_variants(catalogue, name);
  }
  return entries;
}

nlohmann::ordered_json to_json(const std::vector<Entry>& entries, bool with_variants) {
  auto json = nlohmann::ordered_json::array();
  for (const auto& [name, variants] : entries) {
    if (with_variants) {
      json.push_back({{"name", name}, {"variants", variants}});
    } else {
      json.push_back(name);
    }
  }
  return json;
}

std::string to_text(const std::vector<Entry>& entries) {
  std::size_t width = 0;
  for (const auto& entry : entries) width = std::max(width, entry.first.size());
  std::string text;
  for (const auto& [name, variants] : entries) {
    std::string line = fmt::format("{:<{}} ", name, width);
    for (const auto& variant : variants) line += " @" + variant;
    text += line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
  }
  return text;
}

}  // namespace

int list_command(const Arguments& arguments) {
  CommandLine line{"list KIND [--json]", "npulse list chips"};
  line.positional("KIND", "chips, parts (with their variants: PART@VARIANT), tech or models");
  line.options()("json", "Print a JSON list; of parts, objects with name and variants.");
  if (!line.parse(arguments)) return 0;
  const std::vector<std::string> kinds{"chips", "parts", "tech", "models"};
  const auto& kind = line.get<std::string>("KIND");
  if (std::find(kinds.begin(), kinds.end(), kind) == kinds.end()) {
    throw InputError{"command line", "unknown kind '" + kind + "'; allowed: " + join(kinds),
                     did_you_mean(kind, kinds)};
  }
  const auto found = entries(Catalogue::locate(), kind);
  if (line.has("json")) {
    std::cout << to_json(found, kind == "parts").dump() << "\n";
  } else {
    std::cout << to_text(found);
  }
  return 0;
}

}  // namespace npulse::cli
