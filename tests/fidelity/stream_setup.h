// SPDX-License-Identifier: Apache-2.0
// The runs of data/dram_streams.csv: which part, which map, which requests.
#pragma once

#include <string>
#include <vector>

#include "arch/dram/address_map.h"
#include "arch/dram/request.h"

namespace npulse::testing {

/// `part/mapping/refresh[/qN]` and a pattern, in the words of the data file.
struct StreamSetup {
  std::string standard, mapping, refresh, pattern;
  std::int64_t window = 32;  ///< Of a channel.
  auto operator<=>(const StreamSetup&) const = default;
};

struct PublishedStream {
  std::string simulator;
  StreamSetup setup;
  double percent;            ///< Of the peak.
  double tolerance;          ///< Of the reference engine, relative.
  std::string policy;        ///< What explains a larger difference than usual.
  double rebuilt_tolerance;  ///< Of a controller with that simulator's habits.
  std::string line;
};

std::vector<PublishedStream> published_streams();

/// The simulators ran a million requests; this many differ from that by less than 0.1 % of peak.
constexpr std::uint64_t kStreamRequests = 150'000;

dram::PartParams part_of(const StreamSetup& setup);

/// Where the i-th request of a setup goes, as make_dram_streams.py gives it.
class StreamPlaces {
 public:
  explicit StreamPlaces(const StreamSetup& setup);
  dram::DecodedAddress operator()(std::uint64_t i) const;

 private:
  std::string pattern_;
  std::uint64_t burst_;
  dram::AddressMap map_;
};

}  // namespace npulse::testing
