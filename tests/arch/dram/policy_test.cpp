// SPDX-License-Identifier: Apache-2.0
// Order of requests, and when rows are closed.
#include <algorithm>
#include <catch2/catch.hpp>

#include "arch/dram/channel.h"
#include "arch/dram/memory_params.h"
#include "tests/support/command_log.h"
#include "tests/support/dram_traffic.h"

using namespace npulse;
using namespace npulse::dram;
using namespace npulse::testing;

namespace {

/// `hits` bursts of row 1 and, second of all, one of row 2 of the same bank; in order of
/// completion.
std::vector<CompletionLog::Entry> order_of(const ControllerParams& controller, std::uint64_t hits,
                                           MemoryEngine engine = MemoryEngine::reference) {
  const ResolvedPart part{shipped_part("lpddr5-6400")};
  const auto channel = engine == MemoryEngine::fast ? make_fast_channel(part, controller)
                                                    : make_reference_channel(part, controller);
  for (std::uint64_t i = 0; i <= hits; ++i) {
    const std::uint32_t row = i == 1 ? 2 : 1;
    channel->push({i, {0, 0, static_cast<std::uint16_t>(i), row}, 1, false, Cycles{0}});
  }
  CompletionLog log;
  channel->advance(Cycles{3000}, log);
  REQUIRE(log.entries().size() == hits + 1);
  auto entries = log.entries();
  std::stable_sort(entries.begin(), entries.end(),
                   [](const auto& a, const auto& b) { return a.at < b.at; });
  return entries;
}

std::size_t place_of(const std::vector<CompletionLog::Entry>& entries, std::uint64_t id) {
  const auto found =
      std::find_if(entries.begin(), entries.end(), [id](const auto& e) { return e.id == id; });
  return static_cast<std::size_t>(found - entries.begin());
}

ControllerParams with_pages(PagePolicy policy) {
  ControllerParams controller;
  controller.page_policy = policy;
  return controller;
}

/// Commands for reads of these rows of bank 0, all there at once.
CommandLog commands_for(const ControllerParams& controller, const std::vector<std::uint32_t>& rows,
                        bool write = false) {
  const ResolvedPart part{shipped_part("hbm3-6400")};
  CommandLog commands;
  const auto channel = make_reference_channel(part, controller, &commands);
  for (std::uint16_t i = 0; i < rows.size(); ++i) {
    channel->push({i, {0, 0, i, rows[i]}, 1, write, Cycles{0}});
  }
  CompletionLog log;
  channel->advance(Cycles{3000}, log);
  return commands;
}

}  // namespace

TEST_CASE("First come, first served takes reads in their order", "[arch][dram]") {
  ControllerParams controller;
  controller.scheduler = Scheduler::fcfs;
  for (const auto& name : shipped_parts()) {
    const PartParams params = shipped_part(name);
    const ResolvedPart part{params};
    const auto channel = make_reference_channel(part, controller);
    const auto source = random_traffic(params, 5, 4, 0);
    std::vector<std::int64_t> last(2, -1);
    std::vector<std::uint8_t> lanes;
    const CompletionLog log = drive(*channel, 2000, [&](std::uint64_t i) {
      lanes.push_back(source(i).at.pseudo_channel);
      Request request = source(i);
      request.at.pseudo_channel = lanes.back();
      return request;
    });
    for (const auto& entry : log.entries()) {
      const auto id = static_cast<std::int64_t>(entry.id);
      INFO(name);
      REQUIRE(last[lanes[entry.id]] < id);
      last[lanes[entry.id]] = id;
    }
  }
}

TEST_CASE("A cap on hits lets an older request to another row have its turn", "[arch][dram]") {
  REQUIRE(place_of(order_of({}, 20), 1) == 20);
  for (const std::int64_t cap : {1, 4, 16}) {
    ControllerParams controller;
    controller.row_hit_cap = cap;
    REQUIRE(place_of(order_of(controller, 20), 1) == static_cast<std::size_t>(cap));
  }
}

TEST_CASE("So many bursts pass the oldest request and no more, in either engine", "[arch][dram]") {
  for (const MemoryEngine engine : {MemoryEngine::reference, MemoryEngine::fast}) {
    CHECK(place_of(order_of({}, 20, engine), 1) == 20);
    for (const std::int64_t limit : {1, 4, 16}) {
      ControllerParams controller;
      controller.pass_limit = limit;
      // behind the first of all, which was older
      CHECK(place_of(order_of(controller, 20, engine), 1) == static_cast<std::size_t>(1 + limit));
    }
  }
}

TEST_CASE(
    "Watermarks that fall on the same burst of a short queue still let both directions finish",
    "[arch][dram]") {
  ControllerParams controller;
  controller.queue_bursts = 2;
  controller.write_low_percent = 77;
  controller.write_high_percent = 86;
  const ResolvedPart part{shipped_part("lpddr5-6400")};
  const auto channel = make_reference_channel(part, controller);
  for (const bool write : {false, true}) {  // to two rows of a bank
    channel->push({write, {0, 0, 0, std::uint32_t{write}}, 1, write, Cycles{0}});
  }
  CompletionLog log;
  channel->advance(Cycles{3000}, log);
  REQUIRE(log.entries().size() == 2);
  REQUIRE(channel->idle());
}

TEST_CASE("Closed pages close behind the last burst that is wanted of a row", "[arch][dram]") {
  for (const bool write : {false, true}) {
    const CommandLog log = commands_for(with_pages(PagePolicy::closed), {1, 1, 2, 1}, write);
    REQUIRE(log.of(write ? Command::wr : Command::rd).size() == 2);
    REQUIRE(log.of(write ? Command::wra : Command::rda).size() == 2);
    REQUIRE(log.of(Command::act).size() == 2);
    REQUIRE(log.of(Command::pre).empty());
  }
}

TEST_CASE("Adaptive pages close only for the sake of another row", "[arch][dram]") {
  const CommandLog alone = commands_for(with_pages(PagePolicy::adaptive), {1, 1});
  REQUIRE(alone.of(Command::rda).empty());
  const CommandLog conflict = commands_for(with_pages(PagePolicy::adaptive), {1, 1, 2});
  REQUIRE(conflict.of(Command::rda).size() == 1);
  REQUIRE(conflict.of(Command::pre).empty());
}

TEST_CASE("A row that closes itself can be followed as soon as by a precharge", "[arch][dram]") {
  const ResolvedPart part{shipped_part("hbm3-6400")};
  const CommandLog log = commands_for(with_pages(PagePolicy::closed), {1, 1, 1, 1, 1, 1, 1, 1, 2});
  const auto activates = log.of(Command::act);
  const Cycles end = log.of(Command::rda).front().at;
  REQUIRE(activates.size() == 2);
  REQUIRE(activates[1].at ==
          std::max(end + part.ticks("t_rtp + t_rp"), activates[0].at + part.ticks("t_rc")));
}

TEST_CASE("Closed pages serve scattered bursts no slower than open ones", "[arch][dram]") {
  for (const auto& name : shipped_parts()) {
    const PartParams params = shipped_part(name);
    const ResolvedPart part{params};
    Cycles ends[2];
    for (const PagePolicy policy : {PagePolicy::open, PagePolicy::closed}) {
      const auto channel = make_reference_channel(part, with_pages(policy));
      ends[policy == PagePolicy::closed] =
          drive(*channel, 5000, random_traffic(params, 3, 1u << 14, 0)).last();
    }
    INFO(name << ": open " << ends[0].count() << ", closed " << ends[1].count());
    CHECK(static_cast<double>(ends[1].count()) < 1.03 * static_cast<double>(ends[0].count()));
  }
}
