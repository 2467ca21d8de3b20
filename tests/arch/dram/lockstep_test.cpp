// SPDX-License-Identifier: Apache-2.0
// Channels in the same state are simulated once, and nobody can tell.
#include <catch2/catch.hpp>
#include <random>

#include "arch/dram/memory.h"
#include "tests/support/dram_traffic.h"

using namespace npulse;
using namespace npulse::dram;
using namespace npulse::testing;

namespace {

/// With someone who listens to their commands, channels are simulated one by one.
class Listener : public CommandObserver {
 public:
  void command(const CommandRecord&) override {}
};

MemoryParams memory_of(std::int64_t channels, std::uint64_t seed) {
  MemoryParams params;
  params.channels = channels;
  params.controller.queue_bursts = 64 << seed % 3;
  params.controller.backlog_bursts = 256 << seed % 2;
  params.controller.write_response = seed % 4 ? WriteResponse::queued : WriteResponse::written;
  return params;
}

/// Blocks that concern all channels and pieces that do not: in a crowd with rare pauses, or sparse,
/// so that channels are compared when little but their rows and deadlines differ.
struct Traffic {
  explicit Traffic(std::uint64_t seed)
      : random{seed}, sparse{seed % 2 == 0}, odd_of_64{sparse ? 48 : seed % 5 * 4} {}

  Transaction next() {
    const bool odd = random() % 64 < odd_of_64;
    const Address block = random() % 256 << 16;
    const bool write = random() % 8 < (sparse ? 3 : 1);
    if (!odd) return {block, Bytes{65536 >> random() % 3}, write};
    const std::uint64_t most = sparse ? 600 : 5000;
    return {block + random() % 65536, Bytes{static_cast<std::int64_t>(1 + random() % most)}, write};
  }
  Picoseconds pause() {
    if (random() % 32) return below(sparse ? 400'000 : 40'000);
    return below(20'000'000);
  }
  Picoseconds below(std::uint64_t n) {
    return Picoseconds{static_cast<std::int64_t>(random() % n)};
  }

  std::mt19937_64 random;
  bool sparse;
  std::uint64_t odd_of_64;
};

struct Seen {
  std::vector<std::pair<TransactionId, Picoseconds>> done;
  std::vector<ChannelCounts> counts;
  std::vector<TrafficCounts> traffic;
  bool operator==(const Seen&) const = default;
};

Seen run(Memory& memory, std::uint64_t seed, int transactions) {
  Seen seen;
  Traffic traffic{seed};
  Picoseconds now{0};
  const auto collect = [&] {
    memory.advance(now);
    while (const auto id = memory.take_completed(now)) seen.done.push_back({*id, now});
  };
  const auto step = [&] {
    now = std::max(now, std::min(memory.next_advance(), memory.next_completion()));
    collect();
  };
  for (int i = 0; i < transactions; ++i) {
    const Transaction transaction = traffic.next();
    while (!memory.offer(now, transaction, now)) step();
    now += traffic.pause();
    collect();
  }
  while (!memory.idle()) step();
  memory.settle(now);
  for (std::size_t c = 0; c < memory.channels(); ++c) {
    seen.counts.push_back(memory.counts(c));
    seen.traffic.push_back(memory.traffic(c));
  }
  return seen;
}

}  // namespace

TEST_CASE("Channels simulated together do what each would do alone", "[arch][dram][lockstep]") {
  Listener listener;
  std::uint64_t seed = 0;
  for (const auto& name : shipped_parts()) {
    for (const std::int64_t channels : {2, 4, 6, 8, 16, 32}) {
      const std::vector<CommandObserver*> listeners(static_cast<std::size_t>(channels), &listener);
      Memory together{shipped_part(name), memory_of(channels, ++seed)};
      Memory alone{shipped_part(name), memory_of(channels, seed), listeners};
      INFO(name << ", " << channels << " channels, seed " << seed);
      REQUIRE(run(together, seed, 400) == run(alone, seed, 400));
      REQUIRE(alone.simulations() == alone.channels());
    }
  }
}

TEST_CASE("Channels are simulated together whatever the map", "[arch][dram][lockstep]") {
  Listener listener;
  const PartParams part = shipped_part("hbm3-6400");
  std::uint64_t seed = 0;
  for (const auto& [preset, name] : enum_names(MapPreset{})) {
    for (const std::int64_t granule : {32, 256, 1024}) {
      const std::vector<CommandObserver*> listeners(8, &listener);
      MemoryParams params = memory_of(8, ++seed);
      params.mapping = MappingParams{preset, granule, {}};
      Memory together{part, params}, alone{part, params, listeners};
      INFO(name << ", granules of " << granule << " B");
      REQUIRE(run(together, seed, 400) == run(alone, seed, 400));
    }
  }
}

TEST_CASE("Blocks that concern all channels are simulated in one", "[arch][dram][lockstep]") {
  for (const auto& name : shipped_parts()) {
    Memory memory{shipped_part(name), memory_of(8, 1)};
    run(memory, 5, 100);
    INFO(name);
    CHECK(memory.simulations() == 1);
  }
}

TEST_CASE("Channels that went apart come together when they have had a rest",
          "[arch][dram][lockstep]") {
  for (const auto& name : shipped_parts()) {
    Memory memory{shipped_part(name), memory_of(8, 1)};
    Picoseconds now{0};
    for (Address a = 0; a < 3; ++a) memory.offer(now, {a * 333, Bytes{100}, false}, now);
    CHECK(memory.simulations() > 1);
    // Refreshes close all rows; the channels are looked at when one is due to be advanced.
    const Picoseconds interval = memory.part().clock.time_of(memory.part().t_refi);
    for (int i = 0; i < 4; ++i) memory.advance(now += interval);
    INFO(name);
    CHECK(memory.simulations() == 1);
  }
}
