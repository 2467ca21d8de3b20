// SPDX-License-Identifier: Apache-2.0
// Percentiles of a histogram against those of the sorted latencies.
#include "arch/dram/replay/latency_histogram.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <random>

using namespace npulse;
using npulse::dram::LatencyHistogram;

namespace {

constexpr double kBinWidth = 1.0 / 64;

std::vector<Picoseconds> random_latencies(std::size_t count, int bits) {
  std::mt19937_64 random{11};
  std::vector<Picoseconds> latencies;
  for (std::size_t i = 0; i < count; ++i) {
    latencies.push_back(Picoseconds{static_cast<std::int64_t>(random() >> (64 - bits))});
  }
  return latencies;
}

LatencyHistogram histogram_of(const std::vector<Picoseconds>& latencies) {
  LatencyHistogram histogram;
  for (const Picoseconds latency : latencies) histogram.add(latency);
  return histogram;
}

}  // namespace

TEST_CASE("A percentile is above the exact one by less than a bin", "[arch][dram][replay]") {
  for (const int bits : {3, 6, 7, 12, 24, 40}) {
    auto latencies = random_latencies(10'001, bits);
    const LatencyHistogram histogram = histogram_of(latencies);
    std::sort(latencies.begin(), latencies.end());
    for (const double share : {0.01, 0.5, 0.9, 0.99, 1.0}) {
      const auto rank = static_cast<std::size_t>(std::ceil(share * 10'001)) - 1;
      const auto exact = static_cast<double>(latencies[rank].count());
      const auto found = static_cast<double>(histogram.percentile(share).count());
      INFO(bits << " bits, " << share);
      CHECK(found >= exact);
      CHECK(found <= exact * (1 + kBinWidth));
    }
    CHECK(histogram.percentile(1) == latencies.back());
    CHECK(histogram.max() == latencies.back());
  }
}

TEST_CASE("Mean and count are exact", "[arch][dram][replay]") {
  const LatencyHistogram histogram =
      histogram_of({Picoseconds{1}, Picoseconds{2}, Picoseconds{1'000'000}});
  CHECK(histogram.count() == 3);
  CHECK(histogram.mean_ps() == Approx(1'000'003.0 / 3));
}

TEST_CASE("Bins hold every latency once, side by side and none empty", "[arch][dram][replay]") {
  const auto latencies = random_latencies(5000, 30);
  const auto bins = histogram_of(latencies).bins();
  std::int64_t total = 0;
  Picoseconds end{0};
  for (const auto& bin : bins) {
    CHECK(bin.from >= end);
    CHECK(bin.to > bin.from);
    const auto inside = std::count_if(latencies.begin(), latencies.end(), [&](Picoseconds latency) {
      return latency >= bin.from && latency < bin.to;
    });
    CHECK(bin.count == inside);
    total += bin.count;
    end = bin.to;
  }
  CHECK(total == 5000);
  CHECK(bins.size() < 64 * 31);
}

TEST_CASE("An empty histogram says nothing", "[arch][dram][replay]") {
  const LatencyHistogram histogram;
  CHECK(histogram.mean_ps() == 0);
  CHECK(histogram.percentile(0.5) == Picoseconds{0});
  CHECK(histogram.bins().empty());
}
