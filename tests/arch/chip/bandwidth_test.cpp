// SPDX-License-Identifier: Apache-2.0
// More bandwidth never makes a run slower, and no bytes move faster than the memory's peak:
// random products with fixed seeds, over channel counts and data rates.
#include <fmt/format.h>

#include <catch2/catch.hpp>

#include "tests/support/random.h"
#include "tests/support/runs.h"

using namespace npulse;
using namespace npulse::arch;
using namespace npulse::test;

namespace {

constexpr double kMostSlower = 0.01;
constexpr double kWorseTiles = 0.05;  ///< That a choice of tiles for another bandwidth may be.
constexpr double kLuckSeconds = 500e-9;

/// Sizes of all magnitudes up to 2^`most_bits`, round or not.
std::int64_t extent(Random& random, int most_bits) {
  const std::int64_t size = std::int64_t{1} << random.between(0, most_bits);
  return random.coin() ? size : random.between(1, size);
}

std::string random_gemm(Random& random, int most_bits) {
  const auto m = extent(random, most_bits), n = extent(random, most_bits),
             k = extent(random, most_bits);
  return fmt::format("gemm:{},{},{}", m, n, k);
}

/// The same chip with growing bandwidth.
struct Ladder {
  std::string chip;
  std::vector<ChipChanges> steps;
};

enum class Program { lowered_once, lowered_for_each };

/// Writes are posted: of them only those that the controllers' queues hold may come after the end.
void require_bounded(const Report& report, const Chip& chip) {
  CHECK(report.memory.bandwidth_bytes_per_s <= report.memory.peak_bytes_per_s);
  const auto bytes = static_cast<double>(report.memory.bytes_read + report.memory.bytes_written);
  const dram::ControllerParams& controller = chip.params.memory.controller;
  const auto queues = static_cast<double>(
      controller.queue_bursts * chip.part.organisation.pseudo_channels *
      chip.part.organisation.burst_bytes() * std::ssize(report.memory.channels));
  CHECK(report.latency_s >= (bytes - queues) / report.memory.peak_bytes_per_s);
}

/// A share, and one refresh and row cycle: where those fall is luck in a run of a microsecond.
double most_seconds(double slower_seconds, Program kind) {
  const double most = kind == Program::lowered_once ? kMostSlower : kWorseTiles;
  return slower_seconds * (1 + most) + kLuckSeconds;
}

void require_monotone(const std::string& model, const Ladder& ladder, Program kind) {
  std::optional<Report> slower;
  const auto once = lowered(model, load_chip(ladder.chip, ladder.steps.front()));
  for (const ChipChanges& changes : ladder.steps) {
    const Chip chip = load_chip(ladder.chip, changes);
    Report report = kind == Program::lowered_once ? arch::run(chip, once) : run_model(model, chip);
    INFO(model << " on " << ladder.chip << " with " << report.memory.peak_bytes_per_s / 1e9
               << " GB/s");
    require_bounded(report, chip);
    if (slower) {
      INFO("with " << slower->memory.peak_bytes_per_s / 1e9 << " GB/s");
      REQUIRE(report.memory.peak_bytes_per_s > slower->memory.peak_bytes_per_s);
      CHECK(report.latency_s <= most_seconds(slower->latency_s, kind));
    }
    slower = std::move(report);
  }
}

void require_monotone(const Ladder& ladder, Program kind, std::uint64_t seed, int runs,
                      int most_bits) {
  Random random{seed};
  for (int i = 0; i < runs; ++i) require_monotone(random_gemm(random, most_bits), ladder, kind);
}

const Ladder kSmallChannels{"edu-8x8",
                            {{"lpddr5-6400:1", {}}, {"lpddr5-6400:2", {}}, {"lpddr5-6400:4", {}}}};
const Ladder kSmallRates{
    "edu-8x8",
    {{{}, {"part.rate_mtps=1600"}}, {{}, {"part.rate_mtps=3200"}}, {{}, {"part.rate_mtps=6400"}}}};
const Ladder kBigChannels{
    "rngd",
    {{{}, {"memory.channels=8"}}, {{}, {"memory.channels=16"}}, {{}, {"memory.channels=32"}}}};
const Ladder kBigParts{"rngd",
                       {{"lpddr5x-8533:16", {}}, {"lpddr5x-8533", {}}, {"hbm3-6000-rngd", {}}}};

}  // namespace

TEST_CASE("A program is no slower with more channels on the small chip", "[bandwidth]") {
  require_monotone(kSmallChannels, Program::lowered_once, 1, 60, 8);
}

TEST_CASE("A program is no slower with a faster part on the small chip", "[bandwidth]") {
  require_monotone(kSmallRates, Program::lowered_once, 2, 60, 8);
}

TEST_CASE("A program is no slower with more channels on the big chip", "[bandwidth]") {
  require_monotone(kBigChannels, Program::lowered_once, 3, 16, 11);
}

TEST_CASE("A program is no slower with HBM in place of LPDDR", "[bandwidth]") {
  require_monotone(kBigParts, Program::lowered_once, 4, 16, 11);
}

TEST_CASE("A product is no slower when lowered for more bandwidth of the big chip", "[bandwidth]") {
  require_monotone(kBigChannels, Program::lowered_for_each, 7, 24, 11);
  require_monotone(kBigParts, Program::lowered_for_each, 8, 24, 11);
}

TEST_CASE("A product is no slower when lowered for more bandwidth of the small chip",
          "[bandwidth]") {
  require_monotone(kSmallChannels, Program::lowered_for_each, 5, 40, 8);
  require_monotone(kSmallRates, Program::lowered_for_each, 6, 40, 8);
}
