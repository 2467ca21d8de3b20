// SPDX-License-Identifier: Apache-2.0
// Speed of the DRAM engines, the bandwidth that they simulate and how far they are apart: one
// channel, then all, closed loop.
#include <fmt/format.h>

#include <chrono>
#include <cstdlib>
#include <ctime>
#include <functional>
#include <string>
#include <vector>

#include "arch/dram/address_map.h"
#include "arch/dram/channel.h"
#include "arch/dram/memoized_scheduler.h"
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
      {"tiles 64x128 B",
       [](std::uint64_t i) {
         const std::uint64_t row = i % 64, tile = i / 64;
         return Access{(tile / 64 * 64 + row) * 8192 % kRegion + tile % 64 * 128, 128};
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
                  const Access& access, Cycles now) {
  const std::int64_t piece = std::min(map.run_bytes().count(), 16 * burst_bytes);
  std::int64_t bursts = 0;
  for (std::int64_t done = 0; done < access.bytes; done += piece) {
    const auto bytes = std::max(burst_bytes, std::min(piece, access.bytes - done));
    const auto where = map.decode(access.address + static_cast<Address>(done));
    channel.push({0, where.at, static_cast<std::uint16_t>(bytes / burst_bytes), access.write, now});
    bursts += bytes / burst_bytes;
  }
  return bursts;
}

double seconds_since(std::clock_t begin) {
  return static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
}

struct Measured {
  double mbursts_per_s;
  double share;  ///< Of the peak bandwidth.
  double hits;   ///< Share of bursts.
};

Measured measure_channel(const ResolvedPart& part, const Pattern& pattern, std::int64_t bursts,
                         Channel& channel) {
  const AddressMap map{part.organisation, 1, part.params.mapping};
  LastCompletion sink;
  const std::clock_t begin = std::clock();
  const std::int64_t burst_bytes = part.organisation.burst_bytes();
  // No more than the backlog is served in a step.
  const Cycles step{128 * part.burst.count() / part.organisation.pseudo_channels};
  std::int64_t pushed = 0;
  Cycles now{0};
  for (std::uint64_t i = 0; pushed < bursts; ++i) {
    while (!channel.can_accept()) {
      now = std::max(now, channel.next_event()) + step;
      channel.advance(now, sink);
    }
    pushed += push(channel, map, burst_bytes, pattern.access(i), now);
  }
  while (!channel.idle()) channel.advance(channel.next_event() + Cycles{1024}, sink);
  const double seconds = seconds_since(begin);
  const ChannelCounts& counts = channel.counts();
  const std::int64_t ticks = part.organisation.pseudo_channels * sink.last().count();
  return {static_cast<double>(pushed) / seconds / 1e6,
          static_cast<double>(counts.data_ticks) / static_cast<double>(ticks),
          static_cast<double>(counts.row_hits()) / static_cast<double>(counts.bursts())};
}

void compare_engines(const ResolvedPart& part, const Pattern& pattern, std::int64_t bursts) {
  MemoTable batches;
  DecisionTable decisions;
  const auto reference = measure_channel(part, pattern, bursts, *make_reference_channel(part, {}));
  const auto plain = measure_channel(part, pattern, bursts, *make_fast_channel(part, {}));
  const auto memo =
      measure_channel(part, pattern, 10 * bursts, *make_fast_channel(part, {}, {&batches, &decisions}));
  fmt::print("{:16} {:18} {:9.1f} {:9.1f} {:9.1f} {:9.1f} {:9.1f} {:+9.1f}\n", pattern.name,
             part.params.name, reference.mbursts_per_s, plain.mbursts_per_s, memo.mbursts_per_s,
             100 * reference.share, 100 * plain.share, 100 * (plain.share / reference.share - 1));
}

/// A stream through one channel in granules of 512 B, which is what the fast engine reserves at
/// once.
void measure_granules(const ResolvedPart& part, std::int64_t bursts) {
  MemoTable batches;
  DecisionTable decisions;
  const auto channel = make_fast_channel(part, {}, {&batches, &decisions});
  LastCompletion sink;
  const auto bursts_of = static_cast<std::uint16_t>(512 / part.organisation.burst_bytes());
  const std::clock_t begin = std::clock();
  std::int64_t pushed = 0;
  for (std::uint32_t i = 0; pushed < bursts; ++i, pushed += bursts_of) {
    while (!channel->can_accept()) channel->advance(channel->next_event() + Cycles{256}, sink);
    // Two halves of a row in turn of the bank groups, then the next bank of each.
    const auto group = static_cast<std::uint32_t>(part.organisation.bank_groups);
    const auto banks = static_cast<std::uint32_t>(part.organisation.banks);
    const std::uint32_t turn = i / group, bank = i % group * banks + turn / 2 % banks;
    Request request;
    request.at = {0, static_cast<std::uint8_t>(bank),
                  static_cast<std::uint16_t>(turn % 2 * bursts_of), turn / (2 * banks) % 4096};
    request.bursts = bursts_of;
    channel->push(request);
  }
  while (!channel->idle()) channel->advance(channel->next_event() + Cycles{1024}, sink);
  fmt::print("{:16} {:18} {:>9} {:>9} {:9.1f}\n", "512 B granules", part.params.name, "", "",
             static_cast<double>(pushed) / seconds_since(begin) / 1e6);
}

/// A stream in transactions of 64 KiB, as trains of a DMA engine are.
double measure_memory(const PartParams& part, std::int64_t bursts, const MemoryParams& params) {
  constexpr std::int64_t kTransaction = 65536;
  Memory memory{part, params};
  const std::clock_t begin = std::clock();
  Picoseconds now{0};
  const auto step = [&] {
    // The stream waits for a transaction once it is known when that is done.
    const bool known = memory.next_completion() != kEndOfTime;
    now = std::max(now, known ? memory.next_completion() : memory.next_advance());
    memory.advance(now);
    while (memory.take_completed(now)) {
    }
  };
  for (std::int64_t i = 0; i * kTransaction < bursts * part.organisation.burst_bytes(); ++i) {
    const Transaction transaction{static_cast<Address>(i * kTransaction) % kRegion,
                                  Bytes{kTransaction}, false};
    while (!memory.offer(now, transaction, now)) step();
  }
  while (!memory.idle()) step();
  return static_cast<double>(memory.total_counts().bursts()) / seconds_since(begin) / 1e6;
}

void compare_memories(const PartParams& part, std::int64_t bursts) {
  MemoryParams reference, fast;
  reference.engine = MemoryEngine::reference;
  fmt::print("{:16} {:18} {:9.1f} {:>9} {:9.1f}\n", "all channels", part.name,
             measure_memory(part, bursts, reference), "", measure_memory(part, 400 * bursts, fast));
}

/// A stream that has a channel to itself.
void measure_lone_channel(const PartParams& part, std::int64_t bursts, std::int64_t queue) {
  MemoryParams params;
  params.channels = 1;
  params.controller.queue_bursts = queue;
  params.controller.backlog_bursts = 4 * queue;
  fmt::print("{:16} {:18} {:>9} {:>9} {:9.1f}\n", fmt::format("lone, queue {}", queue), part.name,
             "", "", measure_memory(part, bursts, params));
}

}  // namespace

int main(int argc, char** argv) {
  const std::int64_t bursts = argc > 1 ? std::atoll(argv[1]) : 2'000'000;
  const auto catalogue = Catalogue::locate();
  fmt::print(
      "Million bursts a CPU second of the reference engine, of the fast one without and with its\n"
      "table; share of the peak bandwidth of either, and their difference.\n\n");
  fmt::print("{:16} {:18} {:>9} {:>9} {:>9} {:>9} {:>9} {:>9}\n", "pattern", "part", "reference",
             "plain", "table", "ref %", "fast %", "diff %");
  for (const auto& name : catalogue.list("parts")) {
    const ResolvedPart part{load_part(catalogue, name)};
    for (const auto& pattern : patterns()) compare_engines(part, pattern, bursts);
    measure_granules(part, 20 * bursts);
    compare_memories(part.params, bursts);
    for (const std::int64_t queue : {256, 512}) {
      measure_lone_channel(part.params, 1000 * bursts, queue);
    }
  }
}
