// SPDX-License-Identifier: Apache-2.0
// Speed of the DRAM engine, and the bandwidth that it simulates: one channel, then all, closed
// loop.
#include <fmt/format.h>

#include <chrono>
#include <cstdlib>
#include <ctime>
#include <functional>
#include <string>
#include <vector>

#include "arch/dram/address_map.h"
#include "arch/dram/channel.h"
#include "arch/dram/memory.h"
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

/// Pushes the bursts of an access in pieces as Memory cuts them; how many bursts.
std::int64_t push(Channel& channel, const AddressMap& map, std::int64_t burst_bytes,
                  const Access& access) {
  const std::int64_t piece = std::min(map.run_bytes().count(), 16 * burst_bytes);
  std::int64_t bursts = 0;
  for (std::int64_t done = 0; done < access.bytes; done += piece) {
    const auto bytes = std::max(burst_bytes, std::min(piece, access.bytes - done));
    const auto where = map.decode(access.address + static_cast<Address>(done));
    channel.push({0, where.at, static_cast<std::uint16_t>(bytes / burst_bytes), access.write, {}});
    bursts += bytes / burst_bytes;
  }
  return bursts;
}

void print_row(const char* pattern, const std::string& part, double mbursts_per_s, double share,
               const ChannelCounts& counts) {
  fmt::print("{:16} {:16} {:10.2f} {:12.1f} {:10.1f}\n", pattern, part, mbursts_per_s, 100 * share,
             100.0 * static_cast<double>(counts.row_hits()) / static_cast<double>(counts.bursts()));
}

double seconds_since(std::clock_t begin) {
  return static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
}

void measure_channel(const ResolvedPart& part, const Pattern& pattern, std::int64_t bursts) {
  const AddressMap map{part.organisation, 1, part.params.mapping};
  const auto channel = make_reference_channel(part, {});
  LastCompletion sink;
  const std::clock_t begin = std::clock();
  const std::int64_t burst_bytes = part.organisation.burst_bytes();
  // No more than the backlog is served in a step.
  const Cycles step{128 * part.burst.count() / part.organisation.pseudo_channels};
  std::int64_t pushed = 0;
  for (std::uint64_t i = 0; pushed < bursts; ++i) {
    while (!channel->can_accept()) channel->advance(*channel->next_event() + step, sink);
    pushed += push(*channel, map, burst_bytes, pattern.access(i));
  }
  while (const auto next = channel->next_event()) channel->advance(*next + Cycles{1024}, sink);
  const double rate = static_cast<double>(pushed) / seconds_since(begin) / 1e6;
  const ChannelCounts& counts = channel->counts();
  const std::int64_t ticks = part.organisation.pseudo_channels * sink.last().count();
  print_row(pattern.name, part.params.name, rate,
            static_cast<double>(counts.data_ticks) / static_cast<double>(ticks), counts);
}

/// All channels of the part, read in transactions of 4 KiB as a DMA engine does.
void measure_memory(const PartParams& part, std::int64_t bursts) {
  constexpr std::int64_t kTransaction = 4096;
  Memory memory{part, {}};
  const std::clock_t begin = std::clock();
  Picoseconds now{0};
  const auto step = [&] {
    now = std::max(now, memory.next_advance().value_or(now));
    memory.advance(now);
    while (const auto done = memory.next_completion())
      memory.take_completed(now = std::max(now, *done));
  };
  for (std::int64_t i = 0; i * kTransaction < bursts * part.organisation.burst_bytes(); ++i) {
    const Transaction transaction{static_cast<Address>(i * kTransaction) % kRegion,
                                  Bytes{kTransaction}, false};
    while (!memory.offer(now, transaction, now)) step();
  }
  while (!memory.idle()) step();
  const ChannelCounts counts = memory.total_counts();
  const double rate = static_cast<double>(counts.bursts()) / seconds_since(begin) / 1e6;
  const double bytes = static_cast<double>(counts.bursts() * part.organisation.burst_bytes());
  const double peak = static_cast<double>(memory.peak_bytes_per_s());
  print_row("all channels", part.name, rate,
            bytes / peak / (static_cast<double>(now.count()) * 1e-12), counts);
}

}  // namespace

int main(int argc, char** argv) {
  const std::int64_t bursts = argc > 1 ? std::atoll(argv[1]) : 2'000'000;
  const auto catalogue = Catalogue::locate();
  fmt::print("{:16} {:16} {:>10} {:>12} {:>10}\n", "pattern", "part", "Mbursts/s", "% of peak",
             "% row hits");
  for (const auto& name : catalogue.list("parts")) {
    const ResolvedPart part{load_part(catalogue, name)};
    for (const auto& pattern : patterns()) measure_channel(part, pattern, bursts);
    measure_memory(part.params, bursts);
  }
}
