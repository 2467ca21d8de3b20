// SPDX-License-Identifier: Apache-2.0
// Cycles of layers on Gemmini's RTL (FireSim) against the simulated chip; docs/fidelity.md says
// what was fitted, and why some layers are far off.
#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <random>

#include "tests/fidelity/gemmini_rows.h"

using namespace npulse;
using namespace npulse::tests;

namespace {

/// Of Rocket, to compute the sizes of one candidate; fitted (docs/fidelity.md).
constexpr std::int64_t kCyclesPerEvaluation = 120;
constexpr double kLong = 8e6;  ///< Cycles above which a layer is only run on request ([.long]).

struct Run {
  std::vector<MeasuredLayer> layers;
  std::vector<double> simulated;
  std::vector<std::size_t> rows;  ///< Of the table.

  FidelityError error(const std::function<bool(std::size_t)>& of_row) const {
    return error_of(layers, simulated, [&](std::size_t i) { return of_row(rows[i]); });
  }
};

Run run_dosa(bool with_long) {
  const arch::Chip chip = arch::load_chip("gemmini");
  Run run;
  const auto all = dosa_layers();
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (!with_long && all[i].cycles > kLong) continue;
    run.layers.push_back(all[i]);
    run.rows.push_back(i);
    run.simulated.push_back(simulated_cycles(chip, all[i], {{kCyclesPerEvaluation, false}, false}));
    UNSCOPED_INFO(fmt::format("{:+.2f} {}", run.simulated.back() / all[i].cycles - 1, all[i].name));
  }
  return run;
}

/// Figures were set on even rows; another half is drawn as a second check.
void require_below(const Run& run, double most) {
  std::mt19937_64 random{20261121};
  std::vector<bool> drawn;
  for (std::size_t i = 0; i <= run.rows.back(); ++i) drawn.push_back(random() % 2 == 0);
  const auto even = run.error([](std::size_t i) { return i % 2 == 0; });
  const auto odd = run.error([](std::size_t i) { return i % 2 == 1; });
  const auto half = run.error([&](std::size_t i) { return drawn[i]; });
  const auto other = run.error([&](std::size_t i) { return !drawn[i]; });
  INFO(fmt::format("even {:.3f} (bias {:+.3f}), odd {:.3f} (bias {:+.3f}), drawn {:.3f}, {:.3f}",
                   even.mean_absolute, even.bias, odd.mean_absolute, odd.bias, half.mean_absolute,
                   other.mean_absolute));
  CHECK(even.mean_absolute < most);
  CHECK(odd.mean_absolute < most);
  CHECK(half.mean_absolute < most);
  CHECK(other.mean_absolute < most);
}

/// More multiplications in a cycle than the array has: not the layer that it is said to be.
bool impossible(const MeasuredLayer& layer) {
  constexpr double kMacsPerCycle = 256;
  const double macs = static_cast<double>(layer.loops.macs());
  return macs / layer.cycles > 1.2 * kMacsPerCycle;
}

/// MoCA's set-up, from memory of the paper: a larger L2 in banks, and no model of a cache behind
/// it.
arch::Chip moca_chip() {
  arch::Chip chip =
      arch::load_chip("gemmini", {{}, {"cache.capacity=2MiB", "cache.access_cycles=0"}});
  chip.params.outer_cache.reset();
  return chip;
}

FidelityError moca_error(const arch::Chip& chip, const std::string& net) {
  const auto layers = moca_layers(net);
  std::vector<double> simulated;
  for (const MeasuredLayer& layer : layers) {
    simulated.push_back(simulated_cycles(chip, layer, {{0, true}, true}));
    UNSCOPED_INFO(fmt::format("{:+.2f} {}", simulated.back() / layer.cycles - 1, layer.name));
  }
  return error_of(layers, simulated, [&](std::size_t i) { return !impossible(layers[i]); });
}

}  // namespace

TEST_CASE("Gemmini's library is followed tile by tile in all 111 layers of DOSA", "[fidelity]") {
  const auto layers = dosa_layers();
  const auto tilings = dosa_tilings();
  REQUIRE(layers.size() == 111);
  for (std::size_t i = 0; i < layers.size(); ++i) {
    const auto& loops = layers[i].loops;
    const bool product = loops.product();
    const auto choice =
        product ? lowering::choose_matmul_tile(loops, {}) : lowering::choose_conv_tile(loops, {});
    const auto& tile = choice.tile;
    CHECK(fmt::format("{}_{}_{}_{}_{}_{}_{}", choice.kernel_rows, choice.kernel_columns,
                      product ? tile.h : tile.w, product ? 1 : tile.h, tile.c, tile.oc,
                      choice.batches) == tilings[i]);
  }
}

TEST_CASE("Layers of DOSA take about the cycles of Gemmini's RTL", "[fidelity]") {
  require_below(run_dosa(false), 0.10);
}

TEST_CASE("All layers of DOSA, long ones too, take about those cycles", "[.long]") {
  require_below(run_dosa(true), 0.08);
}

TEST_CASE("Layers of the networks of MoCA take about the cycles of Gemmini's RTL", "[fidelity]") {
  const arch::Chip chip = moca_chip();
  const auto squeezenet = moca_error(chip, "squeezenet"), yolonet = moca_error(chip, "yolonet"),
             googlenet = moca_error(chip, "googlenet");
  INFO(fmt::format("{:.3f} {:.3f} {:.3f}", squeezenet.mean_absolute, yolonet.mean_absolute,
                   googlenet.mean_absolute));
  CHECK(yolonet.mean_absolute < 0.12);
  CHECK(googlenet.mean_absolute < 0.13);
  CHECK(squeezenet.mean_absolute < 0.25);  // its pooled layers take up to four times as long
}
