// SPDX-License-Identifier: Apache-2.0
#include "arch/dram/timing_lookup.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <sstream>

namespace npulse::dram {
namespace {

struct Lister {
  const Timings& timings;
  std::vector<NamedTiming> list;
  void operator()(const char* name, Timings::Value Timings::*member, const char*, const char*,
                  Limits = {}) {
    list.push_back({name, timings.*member});
  }
};

}  // namespace

std::vector<NamedTiming> list_timings(const Timings& timings) {
  Lister lister{timings, {}};
  Timings::describe(lister);
  return lister.list;
}

bool is_optional_timing(std::string_view name) {
  static constexpr std::array<std::string_view, 12> kOptional{
      "t_ccdmw", "t_refi_pb", "t_rfc_pb", "t_pbr2pbr", "t_pbr2act", "t_rrefd",
      "t_xp",    "t_cke",     "t_cmdcke", "t_escke",   "t_sr",      "t_xsr"};
  return std::find(kOptional.begin(), kOptional.end(), name) != kOptional.end();
}

std::vector<std::string> names_in(std::string_view latency) {
  std::istringstream words{std::string{latency}};
  std::vector<std::string> names;
  for (std::string word; words >> word;) {
    const bool number = std::isdigit(static_cast<unsigned char>(word.front())) != 0;
    if (word != "+" && word != "-" && word != "burst" && word != "run" && !number) {
      names.push_back(word);
    }
  }
  return names;
}

}  // namespace npulse::dram
