// SPDX-License-Identifier: Apache-2.0
// Speed of the DRAM engines, and the bandwidth that they simulate: one channel, closed loop.
#include <fmt/format.h>

#include <chrono>
#include <cstdlib>
#include <ctime>
#include <functional>
#include <string>
#include <vector>

#include "arch/dram/address_map.h"
#include "arch/dram/channel.h"
#include "arch/dram/part_file.h"

namespace {

using namespace npulse;
using namespace npulse::dram;

struct Access {
  Address address = 0;
  std::int64_t bytes = 0;
  bool write = false;
};

/// The i-th access of a pattern.
struct Pattern {
  const char* name;
  std::function<Access(std::uint64_t)> access;
};

std::uint64_t splitmix(std::uint64_t i) {
  std::uint64_t z = (i + 1) * 0x9E3779B97F4A7C15u;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
  return z ^ (z >> 31);
}

// All within 256 MiB: the smallest channel has 1 GiB.
constexpr std::uint64_t kRegion = 1u << 28;

std::vector<Pattern> patterns() {
  return {
      {"sequential",
       [](std::uint64_t i) {
         return Access{i * 256 % kRegion, 256};
       }},
      {"two streams",
       [](std::uint64_t i) {
         return Access{(i % 2 * (kRegion / 2)) + i / 2 * 256 % (kRegion / 2), 256};
       }},
      {"2:1 mix",
       [](std::uint64_t i) {
         const std::uint64_t stream = i % 3;
         return Access{stream * (kRegion / 4) + i / 3 * 256 % (kRegion / 4), 256, stream == 2};
       }},
      {"tiles 64x256 B",
       [](std::uint64_t i) {
         const std::uint64_t row = i % 64, tile = i / 64;
         return Access{(tile / 32 * 64 + row) * 8192 % kRegion + tile % 32 * 256, 256};
       }},
      {"random 32 B",
       [](std::uint64_t i) {
         return Access{splitmix(i) % (kRegion / 32) * 32, 32};
       }},
  };
}

class LastCompletion : public CompletionSink {
 public:
  void completed(const Request&, Cycles at) override { last_ = std::max(last_, at); }
  Cycles last() const { return last_; }

 private:
  Cycles last_{0};
};

void push(Channel& channel, const AddressMap& map, std::int64_t burst_bytes, const Access& access) {
  for (std::int64_t done = 0; done < access.bytes; done += map.run_bytes().count()) {
    const auto bytes = std::min(map.run_bytes().count(), access.bytes - done);
    const auto where = map.decode(access.address + static_cast<Address>(done));
    channel.push({0, where.at, static_cast<std::uint16_t>(bytes / burst_bytes), access.write, {}});
  }
}

void measure(const ResolvedPart& part, const Pattern& pattern, std::int64_t bursts) {
  const AddressMap map{part.organisation, 1, part.params.mapping};
  const auto channel = make_reference_channel(part, {});
  LastCompletion sink;
  const std::clock_t begin = std::clock();
  const std::int64_t burst_bytes = part.organisation.burst_bytes();
  std::int64_t pushed = 0;
  for (std::uint64_t i = 0; pushed < bursts; ++i) {
    while (!channel->can_accept()) channel->advance(*channel->next_event() + Cycles{256}, sink);
    const Access access = pattern.access(i);
    push(*channel, map, burst_bytes, access);
    pushed += access.bytes / burst_bytes;
  }
  while (const auto next = channel->next_event()) channel->advance(*next + Cycles{1024}, sink);
  const double seconds = static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
  const auto& counts = channel->counts();
  const double peak_ticks =
      static_cast<double>(part.organisation.pseudo_channels * sink.last().count());
  fmt::print("{:16} {:16} {:10.2f} {:12.1f} {:10.1f}\n", pattern.name, part.params.name,
             static_cast<double>(pushed) / seconds / 1e6,
             100.0 * static_cast<double>(counts.data_ticks) / peak_ticks,
             100.0 * static_cast<double>(counts.row_hits()) / static_cast<double>(counts.bursts()));
}

}  // namespace

int main(int argc, char** argv) {
  const std::int64_t bursts = argc > 1 ? std::atoll(argv[1]) : 2'000'000;
  const auto catalogue = Catalogue::locate();
  fmt::print("{:16} {:16} {:>10} {:>12} {:>10}\n", "pattern", "part", "Mbursts/s", "% of peak",
             "% row hits");
  for (const auto& name : catalogue.list("parts")) {
    const ResolvedPart part{load_part(catalogue, name)};
    for (const auto& pattern : patterns())
      if (argc < 3 || std::string{argv[2]} == pattern.name) measure(part, pattern, bursts);
  }
}
