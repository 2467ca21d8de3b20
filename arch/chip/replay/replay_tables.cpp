// SPDX-License-Identifier: Apache-2.0
#include "arch/chip/replay/replay_tables.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "sim/core/error.h"
#include "sim/core/text_table.h"

namespace npulse::arch {
namespace {

using dram::TimeUse;

std::string seconds(Picoseconds time) {
  return scaled(static_cast<double>(time.count()) * 1e-12, "s");
}

const char* meaning(TimeUse use) {
  switch (use) {
    case TimeUse::data:
      return "data on the bus";
    case TimeUse::refresh:
      return "refresh, and the rows that it closed";
    case TimeUse::turnaround:
      return "from reads to writes and back";
    case TimeUse::activation_window:
      return "activates wait for tFAW or tRRD";
    case TimeUse::row_opening:
      return "rows are opened and closed (bank conflicts)";
    case TimeUse::bus:
      return "bank-group spacing, command bus, order of commands";
    case TimeUse::starvation:
      return "no request there";
  }
  throw InternalError{"a use of time without a meaning"};
}

/// Tenths of a percent that add up to 1000: the largest remainders are rounded up.
std::vector<std::int64_t> rounded_shares(const dram::TimeUses& time) {
  const std::int64_t total = std::max<std::int64_t>(1, time.total().count());
  std::vector<std::int64_t> shares, remainders;
  for (const auto& use : enum_names(TimeUse{})) {
    __extension__ using Wide = __int128;
    const Wide scaled_ticks = static_cast<Wide>(time.of(use.value).count()) * 1000;
    shares.push_back(static_cast<std::int64_t>(scaled_ticks / total));
    remainders.push_back(static_cast<std::int64_t>(scaled_ticks % total));
  }
  std::vector<std::size_t> order(shares.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return remainders[a] > remainders[b]; });
  const std::int64_t missing =
      1000 - std::accumulate(shares.begin(), shares.end(), std::int64_t{0});
  for (std::int64_t i = 0; i < missing; ++i) ++shares[order[static_cast<std::size_t>(i)]];
  return shares;
}

/// As long as `most` makes it at most, and never nothing for something.
std::string bar(std::int64_t count, std::int64_t most) {
  constexpr std::int64_t kWidth = 40;
  return std::string(static_cast<std::size_t>(ceil_div(count * kWidth, most)), '#');
}

/// Bins put together into rows of about equal width between the 1st and the 99th percentile.
std::vector<dram::LatencyHistogram::Bin> rows_of(const dram::LatencyHistogram& latency) {
  constexpr std::int64_t kRows = 10;
  const Picoseconds low = latency.percentile(0.01), high = latency.percentile(0.99);
  const Picoseconds width{ceil_div((high - low).count() + 1, kRows)};
  std::vector<dram::LatencyHistogram::Bin> rows;
  for (const auto& bin : latency.bins()) {
    const bool tail = !rows.empty() && (bin.to <= low || rows.back().from > high);
    if (rows.empty() || (!tail && bin.from >= rows.back().from + width)) {
      rows.push_back(bin);
    } else {
      rows.back().to = bin.to;
      rows.back().count += bin.count;
    }
  }
  return rows;
}

}  // namespace

std::string time_table(const dram::TimeUses& time) {
  const auto shares = rounded_shares(time);
  std::string text = "  where the time of the data buses went\n";
  for (std::size_t i = 0; i < shares.size(); ++i) {
    const auto& use = enum_names(TimeUse{})[i];
    text += fmt::format("    {:<18}{:>6.1f} %  {}\n", use.name, static_cast<double>(shares[i]) / 10,
                        meaning(use.value));
  }
  return text + fmt::format("    {:<18}{:>6.1f} %\n", "total", 100.0);
}

std::string latency_table(const dram::LatencyHistogram& latency) {
  if (latency.count() == 0) return "";
  const auto rows = rows_of(latency);
  const auto longest = std::max_element(
      rows.begin(), rows.end(), [](const auto& a, const auto& b) { return a.count < b.count; });
  std::string text = "  read latencies\n";
  for (const auto& bin : rows) {
    const double share = static_cast<double>(bin.count) / static_cast<double>(latency.count());
    text += fmt::format("    {:>9} to {:>9}  {:>7}  {}\n", seconds(bin.from), seconds(bin.to),
                        percent(share), bar(bin.count, longest->count));
  }
  return text;
}

}  // namespace npulse::arch
