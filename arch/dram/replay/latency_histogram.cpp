// SPDX-License-Identifier: Apache-2.0
#include "arch/dram/replay/latency_histogram.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace npulse::dram {
namespace {

constexpr std::uint64_t kBinsPerDoubling = 64;

std::size_t bin_of(Picoseconds latency) {
  const auto value = static_cast<std::uint64_t>(latency.count());
  if (value < kBinsPerDoubling) return value;
  const std::uint64_t doublings = std::bit_width(value / kBinsPerDoubling) - 1;
  return doublings * kBinsPerDoubling + (value >> doublings);
}

Picoseconds begin_of(std::size_t bin) {
  if (bin < kBinsPerDoubling) return Picoseconds{static_cast<std::int64_t>(bin)};
  const std::size_t doublings = bin / kBinsPerDoubling - 1;
  const std::size_t value = (kBinsPerDoubling + bin % kBinsPerDoubling) << doublings;
  return Picoseconds{static_cast<std::int64_t>(value)};
}

}  // namespace

void LatencyHistogram::add(Picoseconds latency) {
  const std::size_t bin = bin_of(latency);
  if (bin >= counts_.size()) counts_.resize(bin + 1);
  ++counts_[bin];
  ++count_;
  sum_ += latency;
  max_ = std::max(max_, latency);
}

double LatencyHistogram::mean_ps() const {
  return count_ == 0 ? 0 : static_cast<double>(sum_.count()) / static_cast<double>(count_);
}

Picoseconds LatencyHistogram::percentile(double share) const {
  const auto wanted = static_cast<std::int64_t>(std::ceil(share * static_cast<double>(count_)));
  std::int64_t seen = 0;
  for (std::size_t bin = 0; bin < counts_.size(); ++bin) {
    seen += counts_[bin];
    if (seen >= wanted) return std::min(begin_of(bin + 1) - Picoseconds{1}, max_);
  }
  return max_;
}

std::vector<LatencyHistogram::Bin> LatencyHistogram::bins() const {
  std::vector<Bin> bins;
  for (std::size_t bin = 0; bin < counts_.size(); ++bin) {
    if (counts_[bin] > 0) bins.push_back({begin_of(bin), begin_of(bin + 1), counts_[bin]});
  }
  return bins;
}

}  // namespace npulse::dram
