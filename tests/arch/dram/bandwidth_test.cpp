// SPDX-License-Identifier: Apache-2.0
// Closed-form bounds of bandwidth, and that streams come close to them.
#include <catch2/catch.hpp>

#include "tests/support/dram_sums.h"
#include "tests/support/dram_traffic.h"

using namespace npulse;
using namespace npulse::dram;
using namespace npulse::testing;

namespace {

double ratio_of(Cycles a, Cycles b) {
  return static_cast<double>(a.count()) / static_cast<double>(b.count());
}

/// Share of the data buses' time that carried data.
double utilisation(const ResolvedPart& part, const ChannelCounts& counts, Cycles end) {
  return static_cast<double>(counts.data_ticks) /
         static_cast<double>(part.organisation.pseudo_channels * end.count());
}

double measure(const ResolvedPart& part, std::uint64_t requests, const RequestSource& source) {
  ControllerParams controller;
  controller.write_response = WriteResponse::written;
  const auto channel = make_reference_channel(part, controller);
  const CompletionLog log = drive(*channel, requests, source);
  return utilisation(part, channel->counts(), log.last());
}

double refresh_limit(const ResolvedPart& part) {
  return 1 - ratio_of(part.ticks("t_rfc_ab"), part.t_refi);
}

PartParams without_refresh(PartParams part) {
  part.timing.t_refi->ck = 1'000'000'000;
  return part;
}

/// Alternates pseudo-channels, so that all are loaded alike.
RequestSource on_all_pseudo_channels(const ResolvedPart& part, const RequestSource& source) {
  const auto count = static_cast<std::uint64_t>(part.organisation.pseudo_channels);
  return [source, count](std::uint64_t i) {
    Request request = source(i / count);
    request.at.pseudo_channel = static_cast<std::uint8_t>(i % count);
    return request;
  };
}

/// The busiest command bus, for a burst in a new row in each pseudo-channel, by pseudo-channel.
Cycles bus(const ResolvedPart& part) {
  const auto& o = part.organisation;
  const std::int64_t column = bus_ticks(part, Command::rd);
  std::int64_t row = bus_ticks(part, Command::act) + bus_ticks(part, Command::pre);
  if (part.two_step_activate) row += bus_ticks(part, Command::act1);
  const bool two = part.bus[index(Command::rd)]->bus != part.bus[index(Command::act)]->bus;
  return Cycles{o.pseudo_channels * (two ? std::max(row, column) : row + column)};
}

/// A new row with every burst.
RequestSource random_rows(const ResolvedPart& part) {
  return [o = part.organisation, random = std::mt19937_64{1}](std::uint64_t) mutable {
    Request request;
    request.at.bank =
        static_cast<std::uint8_t>(random() % static_cast<std::uint64_t>(o.total_banks()));
    request.at.row = static_cast<std::uint32_t>(random() % static_cast<std::uint64_t>(o.rows));
    return request;
  };
}

}  // namespace

TEST_CASE("A sequential stream comes near the refresh limit on every part", "[arch][dram]") {
  for (const auto& name : shipped_parts()) {
    const ResolvedPart part{shipped_part(name)};
    const AddressMap map{part.organisation, 1, part.params.mapping};
    const double share = measure(part, 60'000, run_stream(map, part.organisation.burst_bytes()));
    INFO(name << ": " << share << " of peak, refresh allows " << refresh_limit(part));
    REQUIRE(share <= refresh_limit(part) + 0.005);
    REQUIRE(share >= refresh_limit(part) - 0.03);
    REQUIRE(share >= (part.params.family == Family::lpddr5 ? 0.90 : 0.80));
  }
}

TEST_CASE("Without refresh a stream fills the data bus", "[arch][dram]") {
  for (const auto& name : shipped_parts()) {
    const ResolvedPart part{without_refresh(shipped_part(name))};
    const AddressMap map{part.organisation, 1, part.params.mapping};
    const double share = measure(part, 60'000, run_stream(map, part.organisation.burst_bytes()));
    INFO(name << ": " << share);
    REQUIRE(share <= 1.0);
    REQUIRE(share >= 0.985);
  }
}

TEST_CASE("Writes stream as fast as reads", "[arch][dram]") {
  for (const auto& name : shipped_parts()) {
    const ResolvedPart part{without_refresh(shipped_part(name))};
    const AddressMap map{part.organisation, 1, part.params.mapping};
    const RequestSource reads = run_stream(map, part.organisation.burst_bytes());
    const double share = measure(part, 60'000, [&](std::uint64_t i) {
      Request request = reads(i);
      request.write = true;
      return request;
    });
    INFO(name << ": " << share);
    REQUIRE(share <= 1.0);
    REQUIRE(share >= 0.98);
  }
}

TEST_CASE("One bank group alone is bound by its own column spacing", "[arch][dram]") {
  for (const auto& name : shipped_parts()) {
    const ResolvedPart part{without_refresh(shipped_part(name))};
    const double share = measure(part, 20'000, on_all_pseudo_channels(part, [](std::uint64_t i) {
                                   Request request;
                                   request.at.column = static_cast<std::uint16_t>(i % 32);
                                   return request;
                                 }));
    INFO(name);
    REQUIRE(share == Approx(ratio_of(part.burst_data, part.ticks("t_ccd_l"))).epsilon(0.01));
  }
}

TEST_CASE("Random single bursts are bound by the rate of activates or of commands",
          "[arch][dram]") {
  for (const auto& name : shipped_parts()) {
    const ResolvedPart part{without_refresh(shipped_part(name))};
    const double share = measure(part, 40'000, on_all_pseudo_channels(part, random_rows(part)));
    const Cycles four = std::max({part.ticks("t_faw"), 4 * part.ticks("t_rrd_s"), 4 * bus(part)});
    const double bound = ratio_of(4 * part.burst_data, four);
    INFO(name << ": " << share << ", bound " << bound);
    REQUIRE(share <= bound * 1.001);
    REQUIRE(share >= bound * 0.75);
  }
}

TEST_CASE("Alternating reads and writes of one row pay both turnarounds", "[arch][dram]") {
  for (const auto& name : shipped_parts()) {
    const ResolvedPart part{without_refresh(shipped_part(name))};
    // One request in flight at a time: neither queue can gather a batch.
    ControllerParams controller;
    controller.queue_bursts = 1;
    controller.backlog_bursts = 1;
    controller.write_response = WriteResponse::written;
    const auto channel = make_reference_channel(part, controller);
    std::vector<Cycles> ends;
    Cycles now{0};
    for (std::uint64_t i = 0; i < 10; ++i) {
      Request request;
      request.at.column = static_cast<std::uint16_t>(i);
      request.write = i % 2 == 1;
      request.arrival = now;
      channel->push(request);
      CompletionLog log;
      while (log.entries().empty()) channel->advance(++now, log);
      ends.push_back(log.last());
    }
    const Cycles to_write = part.ticks(read_to_write(part));
    const Cycles to_read = part.ticks(write_to_read_in_group(part));
    INFO(name);
    // From read to read: both turnarounds, at least; commands cannot come earlier.
    REQUIRE(ends[8] - ends[6] == to_write + to_read);
  }
}

TEST_CASE("Utilisation never passes the peak, whatever the traffic", "[arch][dram]") {
  for (const auto& name : shipped_parts()) {
    const PartParams params = shipped_part(name);
    const ResolvedPart part{params};
    for (std::uint64_t seed = 0; seed < 6; ++seed) {
      const auto source = random_traffic(params, seed, 1u << seed, static_cast<unsigned>(seed));
      const double share = measure(part, 4'000, source);
      INFO(name << ", seed " << seed);
      REQUIRE(share > 0);
      REQUIRE(share <= refresh_limit(part) + 0.02);
    }
  }
}
