// SPDX-License-Identifier: Apache-2.0
// What a report says adds up: bytes planned, asked and served; cycles; energy; multiplications.
#include <catch2/catch.hpp>
#include <cmath>
#include <numeric>

#include "arch/chip/report_json.h"
#include "arch/dram/resolved_part.h"
#include "tests/support/runs.h"

using namespace npulse;
using namespace npulse::arch;
using namespace npulse::test;

namespace {

struct Bytes2 {
  std::int64_t read = 0, written = 0;
  bool operator==(const Bytes2&) const = default;
};

template <class List, class Read, class Written>
Bytes2 sum(const List& list, Read read, Written written) {
  Bytes2 total;
  for (const auto& item : list) {
    total.read += item.*read;
    total.written += item.*written;
  }
  return total;
}

Cycles sum(const std::map<std::string, Cycles>& blamed) {
  Cycles total{};
  for (const auto& [who, cycles] : blamed) total += cycles;
  return total;
}

void require_bytes_conserved(const Report& report) {
  const Bytes2 served =
      sum(report.memory.channels, &ChannelReport::bytes_read, &ChannelReport::bytes_written);
  const Bytes2 asked =
      sum(report.regions, &RegionReport::dram_read_bytes, &RegionReport::dram_write_bytes);
  const Bytes2 said{report.memory.bytes_read, report.memory.bytes_written};
  CHECK(served.read == asked.read);
  CHECK(served.written == asked.written);
  CHECK(served == said);
  const double seconds =
      static_cast<double>(said.read + said.written) / report.memory.peak_bytes_per_s;
  CHECK(report.latency_s >= seconds);
}

void require_plan_kept(const Report& report) {
  CHECK(report.memory.bytes_read == meta(report, "plan.dram_read_bytes"));
  CHECK(report.memory.bytes_written == meta(report, "plan.dram_write_bytes"));
  CHECK(report.macs == meta(report, "plan.macs"));
}

void require_cycles_conserved(const Report& report) {
  for (const QueueReport& queue : report.queues) {
    INFO(queue.name);
    CHECK(queue.busy + queue.wait_data + queue.wait_resource + queue.idle == report.cycles);
    CHECK(sum(queue.wait_data_for) == queue.wait_data);
    CHECK(sum(queue.wait_resource_for) == queue.wait_resource);
    for (const auto* blamed : {&queue.wait_data_for, &queue.wait_resource_for}) {
      for (const auto& [who, cycles] : *blamed) CHECK(who != "");
    }
  }
  for (const RegionReport& region : report.regions) CHECK(region.active <= report.cycles);
}

void require_energy_conserved(const Report& report) {
  const auto json = to_json(report).at("energy_j");
  const auto add = [](double total, const nlohmann::ordered_json& joules) {
    return total + joules.get<double>();
  };
  const auto& components = json.at("components");
  CHECK(std::accumulate(components.begin(), components.end(), 0.0, add) ==
        json.at("total").get<double>());
  const auto& uses = json.at("dram");
  const auto& rails = json.at("dram_rails");
  const double dram = std::accumulate(uses.begin(), uses.end(), 0.0, add);
  CHECK(dram == Approx(components.at("dram").get<double>()));
  const auto& states = json.at("dram_background_by_state");
  CHECK(std::accumulate(states.begin(), states.end(), 0.0, add) == uses.at("background"));
  CHECK(rails.empty() == (json.at("dram_basis") == "figures"));
  if (!rails.empty()) CHECK(std::accumulate(rails.begin(), rails.end(), 0.0, add) == dram);
  CHECK(json.at("dynamic").get<double>() + json.at("static").get<double>() ==
        Approx(json.at("total").get<double>()));
  double regions = 0;
  for (const RegionReport& region : report.regions) regions += region.energy_j;
  CHECK(regions == Approx(json.at("dynamic").get<double>()));
}

/// The run in ticks of one pseudo-channel, and what its power states add up to.
struct StateTicks {
  Cycles run, told, t_refi;
};

StateTicks state_ticks(const std::string& part_name, const char* engine) {
  const auto chip = load_chip("edu-8x8", {part_name, {std::string{"memory.engine="} + engine}});
  const auto report = run_model("gemm:96,200,64", chip);
  const dram::ResolvedPart part{chip.part};
  const auto& ticks = report.memory.state_ticks;
  const auto pseudo_channels =
      static_cast<std::int64_t>(report.memory.channels.size()) * part.organisation.pseudo_channels;
  const Picoseconds run{std::llround(report.latency_s * 1e12)};
  return {part.clock.first_at_or_after(run),
          Cycles{std::accumulate(ticks.begin(), ticks.end(), std::int64_t{0}) / pseudo_channels},
          part.t_refi};
}

void require_macs_conserved(const Report& report) {
  const auto add = [](std::int64_t total, const RegionReport& region) {
    return total + region.macs;
  };
  CHECK(std::accumulate(report.regions.begin(), report.regions.end(), std::int64_t{0}, add) ==
        report.macs);
  CHECK(report.roofline.macs_per_s <= report.roofline.attainable_macs_per_s);
}

void require_conserved(const Report& report) {
  INFO(report.program.name << " on " << report.chip << " with " << report.memory.part);
  require_bytes_conserved(report);
  require_plan_kept(report);
  require_cycles_conserved(report);
  require_energy_conserved(report);
  require_macs_conserved(report);
}

}  // namespace

TEST_CASE("A product conserves bytes, cycles, energy and multiplications on every chip", "[chip]") {
  const auto chip = load_chip(GENERATE("edu-8x8", "bertha", "rngd"));
  for (const char* model : {"gemm:1,1,1", "gemm:64,64,64", "gemm:100,37,259", "gemm:1,1024,512"}) {
    require_conserved(run_model(model, chip));
  }
}

TEST_CASE("A product multiplies m x n x k times", "[chip]") {
  const auto chip = load_chip("edu-8x8");
  REQUIRE(run_model("gemm:100,37,259", chip).macs == 100 * 37 * 259);
}

TEST_CASE("A product conserves on every memory", "[chip]") {
  for (const auto& part : Catalogue::locate().list("parts")) {
    for (const char* count : {"", ":1", ":3"}) {
      require_conserved(run_model("gemm:96,200,64", load_chip("edu-8x8", {part + count, {}})));
    }
  }
}

TEST_CASE("The power states of the memory cover the run", "[chip]") {
  for (const auto& name : Catalogue::locate().list("parts")) {
    INFO(name);
    const StateTicks exact = state_ticks(name, "reference");
    CHECK(exact.told >= exact.run);
    CHECK(exact.told <= exact.run + exact.t_refi);  // the memory runs on for its last commands
    // The fast engine tells them at refreshes.
    const StateTicks fast = state_ticks(name, "fast");
    CHECK(fast.told + fast.t_refi >= fast.run);
    CHECK(fast.told <= fast.run + fast.t_refi);
  }
}

TEST_CASE("A decode layer conserves on both memories of the main job", "[chip]") {
  const auto chip = load_chip("rngd", {GENERATE("hbm3-6000-rngd", "lpddr5x-8533"), {}});
  require_conserved(run_model("llama-3.1-8b", chip, fp8_layers(0, 1)));
}

TEST_CASE("A decode layer moves at least its weights and its KV cache", "[chip]") {
  const auto report = run_model("llama-3.1-8b", load_chip("rngd"), fp8_layers(0, 1));
  const auto model = std::get<lowering::Transformer>(lowering::load_model("llama-3.1-8b", kModels));
  const std::int64_t context = 2048, bytes_per_weight = 1;
  const std::int64_t kv = context * model.kv_elements_per_token() / model.layers;
  REQUIRE(report.memory.bytes_read >= model.linear_parameters_per_layer() * bytes_per_weight + kv);
}
