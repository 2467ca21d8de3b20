// SPDX-License-Identifier: Apache-2.0
// One request at a time: latencies are sums of the part's timings, tick for tick.
#include <catch2/catch.hpp>
#include <fstream>
#include <map>
#include <sstream>

#include "tests/support/dram_sums.h"
#include "tests/support/dram_traffic.h"

using namespace npulse;
using namespace npulse::dram;
using namespace npulse::testing;

namespace {

/// A channel that serves one request at a time; refreshes stay far away.
class Bench {
 public:
  explicit Bench(const PartParams& params)
      : part{without_refresh(params)}, channel_{make_reference_channel(part, {})} {}

  /// Ticks from arrival to the end of data, long after all before.
  Cycles latency(std::uint32_t row, bool write = false, std::uint16_t bursts = 1) {
    now_ += Cycles{100'000};
    Request request;
    request.at.row = row;
    request.bursts = bursts;
    request.write = write;
    request.arrival = now_;
    channel_->push(request);
    CompletionLog log;
    channel_->advance(now_ + Cycles{50'000}, log);
    REQUIRE(log.entries().size() == 1);
    return log.last() - now_;
  }
  const ChannelCounts& counts() const { return channel_->counts(); }

  ResolvedPart part;

 private:
  static PartParams without_refresh(PartParams params) {
    params.timing.t_refi->ns = 1e6;
    params.timing.t_refi->ck = 1'000'000'000;
    return params;
  }
  std::unique_ptr<Channel> channel_;
  Cycles now_{0};
};

struct Sums {
  Cycles hit, closed, conflict;
};

/// What the standard says. LPDDR5 starts WCK one clock before a read of an idle channel, and its
/// ACT-2 follows ACT-1 after one clock.
Sums sums(const ResolvedPart& part) {
  const Cycles sync = part.needs_sync ? part.ticks_per_clock : Cycles{0};
  const Cycles closed = open_time(part, Command::rd) + read_time(part);
  const Command opens = part.two_step_activate ? Command::act1 : Command::act;
  return {sync + read_time(part), closed, spacing(part, Command::pre, opens, "t_rp") + closed};
}

std::map<std::string, std::vector<double>> reference() {
  std::ifstream file{NPULSE_SOURCE_DIR "/tests/arch/dram/unloaded_latency.csv"};
  std::map<std::string, std::vector<double>> rows;
  for (std::string line; std::getline(file, line);) {
    std::istringstream fields{line};
    std::string simulator, standard;
    std::getline(std::getline(fields, simulator, ','), standard, ',');
    if (simulator != "ramulator2.1") continue;
    for (std::string value; std::getline(fields, value, ',');) {
      rows[standard].push_back(std::stod(value));
    }
  }
  return rows;
}

}  // namespace

TEST_CASE("Unloaded read latencies are sums of the part's timings", "[arch][dram]") {
  for (const auto& name : shipped_variants()) {
    INFO(name);
    Bench bench{shipped_part(name)};
    const Sums expected = sums(bench.part);
    REQUIRE(bench.latency(5) == expected.closed);
    REQUIRE(bench.latency(5) == expected.hit);
    REQUIRE(bench.latency(6) == expected.conflict);
    REQUIRE(bench.counts().row_misses == 1);
    REQUIRE(bench.counts().row_hits() == 1);
    REQUIRE(bench.counts().row_conflicts == 1);
  }
}

TEST_CASE("Unloaded latencies lie within two clocks of Ramulator 2.1", "[arch][dram]") {
  // Ramulator issues its first command one clock after the request: the controller's clock.
  constexpr std::int64_t kControllerClocks = 1;
  const std::map<std::string, std::string> standards{{"lpddr5-6400", "LPDDR5-6400"},
                                                     {"hbm3-6400", "HBM3-6400"}};
  const auto rows = reference();
  for (const auto& [name, standard] : standards) {
    INFO(name);
    Bench bench{shipped_part(name)};
    const std::vector<double>& published = rows.at(standard);
    const double clock_ns = 1e9 * static_cast<double>(bench.part.ticks_per_clock.count()) /
                            static_cast<double>(bench.part.clock.frequency().count());
    const auto ns = [&](Cycles ticks) {
      const Cycles with_controller = ticks + kControllerClocks * bench.part.ticks_per_clock;
      return static_cast<double>(bench.part.clock.time_of(with_controller).count()) / 1000;
    };
    REQUIRE(ns(bench.latency(1)) == Approx(published.at(0)).margin(2 * clock_ns));
    REQUIRE(ns(bench.latency(1)) == Approx(published.at(1)).margin(2 * clock_ns));
    REQUIRE(ns(bench.latency(2)) == Approx(published.at(2)).margin(2 * clock_ns));
  }
}

TEST_CASE("The bursts of one request follow each other at the rate of their bank group",
          "[arch][dram]") {
  for (const auto& name : shipped_parts()) {
    INFO(name);
    Bench bench{shipped_part(name)};
    bench.latency(3);
    const Cycles first = bench.latency(3);
    REQUIRE(bench.latency(3, false, 5) == first + 4 * bench.part.ticks("t_ccd_l"));
  }
}

TEST_CASE("A posted write is answered when it is queued, another when its data have passed",
          "[arch][dram]") {
  const ResolvedPart part{shipped_part("lpddr5-6400")};
  for (const WriteResponse response : {WriteResponse::queued, WriteResponse::written}) {
    ControllerParams controller;
    controller.write_response = response;
    const auto channel = make_reference_channel(part, controller);
    const CompletionLog log = drive(*channel, 1, [](std::uint64_t) {
      Request request;
      request.write = true;
      return request;
    });
    const Cycles written = open_time(part, Command::wr) + write_time(part);
    REQUIRE(log.last() == (response == WriteResponse::queued ? Cycles{0} : written));
    REQUIRE(channel->counts().of(Command::wr) == 1);
  }
}
