// SPDX-License-Identifier: Apache-2.0
// What a channel's controller decides: which requests go first, and when it takes more.
#include "arch/dram/channel.h"

#include <catch2/catch.hpp>
#include <map>
#include <set>
#include <tuple>

#include "sim/core/error.h"
#include "tests/support/command_log.h"
#include "tests/support/dram_traffic.h"

using namespace npulse;
using namespace npulse::dram;
using namespace npulse::testing;

namespace {

Request request_to(std::uint32_t row, std::uint16_t column, bool write, std::uint64_t id = 0,
                   Cycles arrival = Cycles{0}, std::uint16_t bursts = 1) {
  return {id, {0, 0, column, row}, bursts, write, arrival};
}

bool same(const std::vector<CommandRecord>& a, const std::vector<CommandRecord>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const auto& x, const auto& y) {
    return x.at == y.at && x.command == y.command && x.pseudo_channel == y.pseudo_channel &&
           x.bank == y.bank && x.row == y.row && x.column == y.column;
  });
}

}  // namespace

TEST_CASE("How often a channel is advanced changes nothing", "[arch][dram]") {
  for (const auto& name : shipped_parts()) {
    const PartParams params = shipped_part(name);
    const ResolvedPart part{params};
    std::vector<CommandRecord> first;
    std::vector<CompletionLog::Entry> first_done;
    for (const std::int64_t step : {1, 7, 1000}) {
      CommandLog commands;
      const auto channel = make_reference_channel(part, {}, &commands);
      const auto source = random_traffic(params, 9);
      CompletionLog log;
      // Open loop: arrivals do not depend on the steps.
      for (std::uint64_t i = 0; i < 2000; ++i) {
        Request request = source(i);
        request.id = i;
        request.arrival = Cycles{static_cast<std::int64_t>(i) * 9};
        channel->push(request);
      }
      for (Cycles now{0}; !channel->idle(); now += Cycles{step}) channel->advance(now, log);
      if (first.empty()) first = commands.records, first_done = log.entries();
      INFO(name << ", step " << step);
      REQUIRE(log.entries().size() == 2000);
      REQUIRE(log.entries() == first_done);
      // A longer step may run further into idle refreshes.
      const auto shared =
          static_cast<std::ptrdiff_t>(std::min(first.size(), commands.records.size()));
      REQUIRE(same({first.begin(), first.begin() + shared},
                   {commands.records.begin(), commands.records.begin() + shared}));
    }
  }
}

TEST_CASE("Every burst asked for is served once, in its row", "[arch][dram]") {
  for (const auto& name : shipped_parts()) {
    const PartParams params = shipped_part(name);
    const ResolvedPart part{params};
    CommandLog commands;
    const auto channel = make_reference_channel(part, {}, &commands);
    using Place = std::tuple<bool, int, int, std::uint32_t, int>;
    std::multiset<Place> asked, served;
    const auto source = random_traffic(params, 4);
    drive(*channel, 3000, [&](std::uint64_t i) {
      const Request r = source(i);
      for (int b = 0; b < r.bursts; ++b) {
        asked.insert({r.write, r.at.pseudo_channel, r.at.bank, r.at.row, r.at.column + b});
      }
      return r;
    });
    for (const auto& r : commands.records) {
      if (!is_column(r.command)) continue;
      served.insert({is_write(r.command), r.pseudo_channel, r.bank, r.row, r.column});
    }
    INFO(name);
    REQUIRE(asked == served);
    REQUIRE(channel->counts().bursts() == static_cast<std::int64_t>(asked.size()));
    REQUIRE(channel->counts().data_ticks == channel->counts().bursts() * part.burst.count());
  }
}

TEST_CASE("A hit passes an older request to another row", "[arch][dram]") {
  const ResolvedPart part{shipped_part("lpddr5-6400")};
  const auto channel = make_reference_channel(part, {});
  channel->push(request_to(1, 0, false, 0));
  channel->push(request_to(2, 0, false, 1));
  channel->push(request_to(1, 1, false, 2));
  CompletionLog log;
  channel->advance(Cycles{2000}, log);
  REQUIRE(log.entries().size() == 3);
  REQUIRE(log.entries()[1].id == 2);
  REQUIRE(log.entries()[2].id == 1);
}

TEST_CASE("Reads pass writes until the high watermark, then writes go down to the low one",
          "[arch][dram]") {
  const ResolvedPart part{shipped_part("lpddr5-6400")};
  ControllerParams controller;
  controller.queue_bursts = 20;
  controller.write_high_percent = 80;
  controller.write_low_percent = 30;
  const std::int64_t high = 16, low = 6;
  // Reads never run out; writes come one by one until the watermark.
  for (const std::int64_t writes : {high - 1, high}) {
    CommandLog commands;
    const auto channel = make_reference_channel(part, controller, &commands);
    for (std::int64_t i = 0; i < writes; ++i) {
      channel->push(request_to(0, static_cast<std::uint16_t>(i), true));
    }
    for (std::uint16_t i = 0; i < 200; ++i) {
      channel->push(request_to(1, i % 64, false, i));
    }
    CompletionLog log;
    channel->advance(Cycles{700}, log);
    const auto written = static_cast<std::int64_t>(commands.of(Command::wr).size());
    REQUIRE_FALSE(commands.of(Command::rd).empty());
    REQUIRE(written == (writes < high ? 0 : high - low));
  }
}

TEST_CASE("Writes go at once when no read waits", "[arch][dram]") {
  const ResolvedPart part{shipped_part("hbm3-6400")};
  const auto channel = make_reference_channel(part, {});
  drive(*channel, 3,
        [](std::uint64_t i) { return request_to(0, static_cast<std::uint16_t>(i), true); });
  REQUIRE(channel->counts().of(Command::wr) == 3);
}

TEST_CASE("A mix of two reads to a write turns the bus once a batch", "[arch][dram]") {
  const ResolvedPart part{shipped_part("lpddr5x-8533")};
  CommandLog commands;
  const auto channel = make_reference_channel(part, {}, &commands);
  drive(*channel, 6000, [](std::uint64_t i) {
    return request_to(i % 3 == 2 ? 9 : 8, static_cast<std::uint16_t>(i / 3 % 64), i % 3 == 2);
  });
  const int batches = commands.turnarounds() / 2;
  // 64 x (80 % - 20 %) = 38 writes a batch.
  REQUIRE(batches <= 2000 / 30);
  REQUIRE(batches >= 2000 / 64);
}

TEST_CASE("A read never passes a write to the same burst, nor the other way round",
          "[arch][dram]") {
  for (const auto& name : shipped_parts()) {
    const ResolvedPart part{shipped_part(name)};
    for (const bool write_first : {false, true}) {
      CommandLog commands;
      const auto channel = make_reference_channel(part, {}, &commands);
      // Other reads keep the channel busy, so that a write would wait and a read would not.
      for (std::uint16_t i = 0; i < 20; ++i) channel->push(request_to(3, i, false));
      channel->push(request_to(5, 7, write_first));
      channel->push(request_to(5, 6, !write_first, 0, {}, 4));
      for (std::uint16_t i = 0; i < 20; ++i) channel->push(request_to(3, i, false));
      CompletionLog log;
      channel->advance(Cycles{5000}, log);
      std::vector<bool> order;
      for (const auto& r : commands.records) {
        const bool column = r.command == Command::rd || r.command == Command::wr;
        if (column && r.row == 5 && r.column == 7) order.push_back(r.command == Command::wr);
      }
      INFO(name);
      REQUIRE(order == std::vector<bool>{write_first, !write_first});
    }
  }
}

TEST_CASE("Requests to the same bursts keep their order in any traffic", "[arch][dram]") {
  for (const auto& name : shipped_parts()) {
    PartParams params = shipped_part(name);
    const ResolvedPart part{params};
    params.organisation.row_bytes = 8 * params.organisation.burst_bytes();  // few bursts
    for (const std::int64_t queue : {4, 64}) {
      ControllerParams controller;
      controller.queue_bursts = queue;
      CommandLog commands;
      const auto channel = make_reference_channel(part, controller, &commands);
      using Place = std::tuple<int, int, std::uint32_t, int>;
      std::map<Place, std::vector<bool>> asked, served;
      const auto source = random_traffic(params, 11, 2);
      drive(*channel, 4000, [&](std::uint64_t i) {
        const Request r = source(i);
        for (int b = 0; b < r.bursts; ++b) {
          asked[{r.at.pseudo_channel, r.at.bank, r.at.row, r.at.column + b}].push_back(r.write);
        }
        return r;
      });
      for (const auto& r : commands.records) {
        if (!is_column(r.command)) continue;
        served[{r.pseudo_channel, r.bank, r.row, r.column}].push_back(is_write(r.command));
      }
      INFO(name << ", queue " << queue);
      REQUIRE(asked == served);
    }
  }
}

TEST_CASE("Refreshes come at every tREFI, loaded or idle", "[arch][dram]") {
  for (const auto& name : shipped_parts()) {
    const PartParams params = shipped_part(name);
    const ResolvedPart part{params};
    for (const bool loaded : {false, true}) {
      CommandLog commands;
      const auto channel = make_reference_channel(part, {}, &commands);
      CompletionLog log;
      if (loaded) log = drive(*channel, 10'000, random_traffic(params, 2));
      const Cycles end = std::max(log.last(), 20 * part.t_refi);
      channel->advance(end, log);
      const auto refreshes = commands.of(Command::refab);
      const auto lanes = static_cast<std::size_t>(part.organisation.pseudo_channels);
      INFO(name);
      REQUIRE(refreshes.size() / lanes >= static_cast<std::size_t>(end / part.t_refi) - 1);
      for (std::size_t i = 0; i < refreshes.size(); ++i) {
        const auto due = static_cast<std::int64_t>(i / lanes + 1) * part.t_refi;
        REQUIRE(refreshes[i].at >= due);
        REQUIRE(refreshes[i].at < due + part.ticks("t_ras + t_rp_ab + wl + burst + t_wr"));
      }
    }
  }
}

TEST_CASE("A channel refuses when its backlog is full and says since when it takes more",
          "[arch][dram]") {
  const ResolvedPart part{shipped_part("lpddr5-6400")};
  ControllerParams controller;
  controller.queue_bursts = 8;
  controller.backlog_bursts = 4;
  CommandLog commands;
  const auto channel = make_reference_channel(part, controller, &commands);
  CompletionLog log;
  for (std::uint16_t i = 0; i < 8; ++i) channel->push(request_to(0, i, false));
  channel->advance(Cycles{1}, log);
  REQUIRE(channel->can_accept());
  for (std::uint16_t i = 0; i < 4; ++i) {
    REQUIRE(channel->can_accept());
    channel->push(request_to(0, i, false, 0, Cycles{1}));
  }
  REQUIRE_FALSE(channel->can_accept());
  while (!channel->can_accept()) channel->advance(channel->next_event() + Cycles{1}, log);
  // The first read frees its place in the queue.
  REQUIRE(channel->accepting_since() == commands.of(Command::cas).front().at);
}

TEST_CASE("Watermarks that cross are refused", "[arch][dram]") {
  const ResolvedPart part{shipped_part("lpddr5-6400")};
  ControllerParams controller;
  controller.write_low_percent = 80;
  REQUIRE_THROWS_WITH(
      make_reference_channel(part, controller),
      Catch::Contains("controller.write_low_percent: 80: must be below write_high_percent = 80"));
}
