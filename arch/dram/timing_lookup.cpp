// SPDX-License-Identifier: Apache-2.0
#include "arch/dram/timing_lookup.h"

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

std::vector<std::string> names_in(std::string_view latency) {
  std::istringstream words{std::string{latency}};
  std::vector<std::string> names;
  for (std::string word; words >> word;) {
    if (word != "+" && word != "-" && word != "burst") names.push_back(word);
  }
  return names;
}

}  // namespace npulse::dram
