// SPDX-License-Identifier: Apache-2.0
// The reference engine against published simulators on the same requests: data/dram_streams.csv.
#include <catch2/catch.hpp>
#include <map>

#include "tests/fidelity/stream_setup.h"
#include "tests/support/dram_traffic.h"

using namespace npulse;
using namespace npulse::dram;
using namespace npulse::testing;

namespace {

/// Percent of the peak in a closed loop: one source, one burst a request, the next is offered when
/// the last one is in the window. The window of those simulators is a channel's, ours a
/// pseudo-channel's.
double share_of_peak(const StreamSetup& setup) {
  const ResolvedPart part{part_of(setup)};
  ControllerParams controller;
  controller.queue_bursts = setup.window / part.organisation.pseudo_channels;
  controller.backlog_bursts = 1;
  if (setup.refresh == "PB") controller.refresh = RefreshMode::per_bank;
  const auto channel = make_reference_channel(part, controller);
  const StreamPlaces places{setup};
  const auto source = [&](std::uint64_t i) {
    Request request;
    request.at = places(i);
    return request;
  };
  const CompletionLog log = drive(*channel, kStreamRequests, source, Cycles{1});
  return 100 * static_cast<double>(channel->counts().data_ticks) /
         static_cast<double>(part.organisation.pseudo_channels * log.last().count());
}

double measured(const StreamSetup& setup) {
  static std::map<StreamSetup, double> known;  // several simulators have the same setup
  const auto found = known.find(setup);
  return found != known.end() ? found->second : known[setup] = share_of_peak(setup);
}

}  // namespace

TEST_CASE("Streams reach the share of peak that published simulators give", "[fidelity][dram]") {
  const auto rows = published_streams();
  REQUIRE(rows.size() == 66);
  for (const PublishedStream& row : rows) {
    const double ours = measured(row.setup);
    INFO(row.line << ": ours " << ours);
    CHECK(ours == Approx(row.percent).epsilon(row.tolerance));
  }
}

TEST_CASE("Analytic bounds hold and are nearly reached", "[fidelity][dram]") {
  // A shared row bus: an activate of two clocks and a precharge of one for each burst of two, over
  // two pseudo-channels. tFAW: four bursts of 8 clocks in 64, or of 2 in 16.
  const double row_bus = 100.0 * 2 / (2 * (2 + 1)), faw = 50;
  const auto check = [](const StreamSetup& setup, double bound, double least) {
    INFO(setup.standard << " " << setup.pattern << ": ours " << measured(setup));
    CHECK(measured(setup) <= 1.001 * bound);  // the first rows need no precharge
    CHECK(measured(setup) >= least * bound);
  };
  check({"HBM2-J2000", "bgi", "noref", "rand", 128}, row_bus, 0.99);
  check({"HBM2-J2000", "bgi", "noref", "tile"}, row_bus, 0.99);
  check({"LPDDR4-3200", "rbc", "noref", "rand"}, faw, 0.96);
  check({"LPDDR5-6400", "bgi", "noref", "rand", 128}, faw, 0.96);
  for (const auto& [standard, mapping] : std::map<std::string, std::string>{
           {"LPDDR4-3200", "rbc"}, {"LPDDR5-6400", "bgi"}, {"HBM2-J2000", "bgi"}}) {
    const StreamSetup setup{standard, mapping, "AB", "seq"};
    const ResolvedPart part{part_of(setup)};
    const double refresh = static_cast<double>(part.ticks("t_rfc_ab").count()) /
                           static_cast<double>(part.t_refi.count());
    check(setup, 100 * (1 - refresh), 0.98);
  }
}
