// SPDX-License-Identifier: Apache-2.0
// Cycles of layers on Gemmini's RTL (FireSim) against the simulated chip; docs/fidelity.md.
#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <cstdlib>
#include <iostream>

#include "tests/fidelity/gemmini_rows.h"
#include "traces/lowering/graph/gemmini_tiling.h"

using namespace npulse;
using namespace npulse::tests;

namespace {

/// Of Rocket, to compute the two sizes of a candidate; fitted (docs/fidelity.md).
constexpr std::int64_t kCyclesPerEvaluation = 120;

}  // namespace

TEST_CASE("Gemmini's library is followed tile by tile in all 111 layers of DOSA", "[fidelity]") {
  const auto layers = dosa_layers();
  const auto tilings = dosa_tilings();
  REQUIRE(layers.size() == 111);
  for (std::size_t i = 0; i < layers.size(); ++i) {
    const auto& loops = layers[i].loops;
    const bool product = loops.product();
    const auto choice = product ? lowering::choose_matmul_tile(loops, {})
                                : lowering::choose_conv_tile(loops, {});
    const auto& tile = choice.tile;
    CHECK(fmt::format("{}_{}_{}_{}_{}_{}_{}", choice.kernel_rows, choice.kernel_columns,
                      product ? tile.h : tile.w, product ? 1 : tile.h, tile.c, tile.oc,
                      choice.batches) == tilings[i]);
  }
}

TEST_CASE("Layers of DOSA take Gemmini's cycles", "[fidelity]") {
  arch::ChipChanges changes;
  if (const char* sets = std::getenv("SETS")) {
    std::istringstream in{sets};
    for (std::string one; in >> one;) changes.sets.push_back(one);
  }
  const char* cpe = std::getenv("CPE");
  const arch::Chip chip = arch::load_chip("gemmini", changes);
  const auto layers = dosa_layers();
  std::vector<double> simulated;
  for (const MeasuredLayer& layer : layers) {
    if (std::getenv("QUICK") && layer.cycles > 8e6) { simulated.push_back(layer.cycles); continue; }
    simulated.push_back(simulated_cycles(chip, layer, {cpe ? std::atoi(cpe) : kCyclesPerEvaluation, false}));
    if (std::getenv("SHOW"))
    std::cout << fmt::format("{:+.3f} {} {} {}\n", simulated.back() / layer.cycles - 1, layer.name,
                             simulated.back(), layer.cycles);
  }
  const auto fit = error_of(layers, simulated, [](std::size_t i) { return i % 2 == 0; });
  const auto held = error_of(layers, simulated, [](std::size_t i) { return i % 2 == 1; });
  std::cout << fmt::format("fit {:.4f} held {:.4f} bias {:+.3f} {:+.3f}\n", fit.mean_absolute, held.mean_absolute,
                           fit.bias, held.bias);
}

TEST_CASE("Layers of the networks of MoCA take Gemmini's cycles", "[fidelity]") {
  arch::ChipChanges changes;
  if (const char* sets = std::getenv("SETS")) {
    std::istringstream in{sets};
    for (std::string one; in >> one;) changes.sets.push_back(one);
  }
  const arch::Chip chip = arch::load_chip("gemmini", changes);
  for (const char* net : {"squeezenet", "yolonet", "googlenet"}) {
  const auto layers = moca_layers(net);
  std::vector<double> simulated;
  for (const MeasuredLayer& layer : layers) {
    simulated.push_back(simulated_cycles(chip, layer, {0, true}));
    if (std::getenv("SHOW"))
    std::cout << fmt::format("{:+.3f} {} {} {}\n", simulated.back() / layer.cycles - 1, layer.name,
                             simulated.back(), layer.cycles);
  }
  const auto all = error_of(layers, simulated, [](std::size_t) { return true; });
  std::cout << fmt::format("{} {:.4f} bias {:+.3f}\n", net, all.mean_absolute, all.bias);
  }
}
