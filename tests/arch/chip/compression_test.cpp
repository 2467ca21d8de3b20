// SPDX-License-Identifier: Apache-2.0
// Coded weights in whole runs: what is expanded, what bounds the step then, and what it costs.
#include <catch2/catch.hpp>

#include "tests/support/runs.h"
#include "traces/lowering/formats.h"

using namespace npulse;
using namespace npulse::arch;
using namespace npulse::test;
using lowering::WeightFormat;

namespace {

lowering::Options coded_layer(WeightFormat weights) {
  lowering::Options options = fp8_layers(1, 2);
  options.weights = weights;
  options.activations = isa::DataType::bf16;
  options.context = 32;
  return options;
}

std::string rate(std::int64_t bytes_per_cycle) {
  return "dma.decompress_bytes_per_cycle=" + std::to_string(bytes_per_cycle);
}

double component(const Report& report, const std::string& name) {
  for (const EnergyComponent& part : report.energy.energy.components()) {
    if (part.name == name) return part.dynamic_energy.count();
  }
  return 0;
}

std::int64_t weights_of_layer() {
  return std::get<lowering::Transformer>(lowering::load_model("llama-3.1-8b", kModels))
      .linear_parameters_per_layer();
}

}  // namespace

TEST_CASE("All weights of a layer go through the decompressors, at the ratio of their format",
          "[chip]") {
  const Chip chip = load_chip("bertha");
  for (const auto weights : {WeightFormat::awq3g128, WeightFormat::mxfp4, WeightFormat::bcq2g128,
                             WeightFormat::int4_2of4}) {
    const Report report = run_model("llama-3.1-8b", chip, coded_layer(weights));
    CAPTURE(to_string(weights));
    CHECK(report.decompression.expanded_bytes == 2 * weights_of_layer());
    CHECK(static_cast<double>(report.decompression.coded_bytes) ==
          Approx(lowering::bits_per_weight(weights) / 8 * static_cast<double>(weights_of_layer()))
              .epsilon(1e-3));
    CHECK(component(report, "dma") ==
          Approx(static_cast<double>(report.decompression.expanded_bytes) *
                 chip.tech.decompressed_byte.count()));
  }
}

TEST_CASE(
    "A step takes the longer of coded bytes from memory and expanded bytes from decompressors",
    "[chip]") {
  const double expanded = 2 * static_cast<double>(weights_of_layer());
  for (const std::int64_t bytes_per_cycle : {16, 32, 64, 128}) {
    CAPTURE(bytes_per_cycle);
    const Chip chip = load_chip("bertha", {{}, {rate(bytes_per_cycle)}});
    const Report report = run_model("llama-3.1-8b", chip, coded_layer(WeightFormat::int4g128));
    const auto hertz = static_cast<double>(chip.params.clock.count());
    const auto engines = static_cast<double>(chip.params.cores * bytes_per_cycle);
    const double memory =
        static_cast<double>(report.memory.bytes_read) / report.memory.peak_bytes_per_s;
    const double longest = std::max(memory, expanded / engines / hertz);
    CHECK(report.latency_s >= longest);
    CHECK(report.latency_s <= 1.25 * longest);  // refreshes, norms and gathers
    const bool slow = expanded / engines / hertz > memory;
    CHECK(report.bound.by == (slow ? "decompressor" : "memory"));
  }
}

TEST_CASE("A DMA queue that waits for its decompressor says so", "[chip]") {
  const Report report = run_model("llama-3.1-8b", load_chip("bertha", {{}, {rate(16)}}),
                                  coded_layer(WeightFormat::int4g128));
  const auto& blamed = queue(report, "c0.ld").wait_resource_for;
  REQUIRE(blamed.count("decompressor") == 1);
  for (const auto& [who, cycles] : blamed) CHECK(cycles <= blamed.at("decompressor"));
}
