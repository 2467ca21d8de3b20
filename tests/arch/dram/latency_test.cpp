// SPDX-License-Identifier: Apache-2.0
// One request at a time: latencies are sums of the part's timings, tick for tick.
#include <array>
#include <catch2/catch.hpp>
#include <fstream>
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
  ChannelCounts counts() const { return channel_->counts(); }

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

struct Published {
  std::string simulator, part;
  std::array<double, 3> ns;  ///< Closed bank, row hit, row conflict.
  std::int64_t controller_clocks, tolerance_clocks;
};

std::vector<Published> published_latencies() {
  std::ifstream file{NPULSE_SOURCE_DIR "/tests/arch/dram/unloaded_latency.csv"};
  std::vector<Published> rows;
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with('#') || line.starts_with("simulator")) continue;
    std::vector<std::string> fields;
    std::istringstream stream{line};
    for (std::string field; std::getline(stream, field, ',');) fields.push_back(field);
    rows.push_back({fields.at(0),
                    fields.at(5),
                    {std::stod(fields.at(2)), std::stod(fields.at(3)), std::stod(fields.at(4))},
                    std::stoll(fields.at(6)),
                    std::stoll(fields.at(7))});
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

TEST_CASE("Unloaded latencies are those of published simulators", "[arch][dram]") {
  const auto rows = published_latencies();
  REQUIRE(rows.size() == 9);
  for (const Published& row : rows) {
    Bench bench{shipped_part(row.part)};
    const ResolvedPart& part = bench.part;
    const double clock_ns = 1e9 * static_cast<double>(part.ticks_per_clock.count()) /
                            static_cast<double>(part.clock.frequency().count());
    const std::array<Cycles, 3> ours{bench.latency(1), bench.latency(1), bench.latency(2)};
    for (std::size_t i = 0; i < ours.size(); ++i) {
      const Cycles with_controller = ours[i] + row.controller_clocks * part.ticks_per_clock;
      const double ns = static_cast<double>(part.clock.time_of(with_controller).count()) / 1000;
      INFO(row.simulator << ", " << row.part << ", case " << i);
      // A tenth of a clock is the rounding of clocks to ps.
      const double margin = (static_cast<double>(row.tolerance_clocks) + 0.1) * clock_ns;
      CHECK(ns == Approx(row.ns[i]).margin(margin));
    }
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
