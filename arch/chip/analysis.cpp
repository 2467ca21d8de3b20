// SPDX-License-Identifier: Apache-2.0
#include "arch/chip/analysis.h"

#include <fmt/format.h>

#include <algorithm>

#include "sim/core/text_table.h"

namespace npulse::arch {
namespace {

constexpr double kBusyEnough = 0.5;

/// The type of most multiply-accumulates; of the first queue's base type when there are none.
isa::DataType dominant_type(const Activity& total) {
  const auto most = std::max_element(total.macs.begin(), total.macs.end());
  return static_cast<isa::DataType>(most - total.macs.begin());
}

/// Mean share of the run in which queues of `kind` were busy.
double busy_share(const Report& report, const std::string& kind) {
  double busy = 0;
  int count = 0;
  for (const QueueReport& queue : report.queues) {
    if (queue.kind != kind) continue;
    busy += static_cast<double>(queue.busy.count());
    ++count;
  }
  return ratio(busy, count * static_cast<double>(report.cycles.count()));
}

std::string words(const std::string& by, double share, const Report& report,
                  const RooflineReport& roof) {
  if (by == "memory") {
    return fmt::format("memory: {} of {} peak bandwidth used", percent(share), report.memory.part);
  }
  if (by == "decompressor") {
    return fmt::format("the decompressors of the DMA engines: busy {} of the time", percent(share));
  }
  if (by == "matrix") {
    return fmt::format("the matrix units: busy {} of the time, {} of peak {} rate", percent(share),
                       percent(ratio(roof.macs_per_s, roof.peak_macs_per_s)), roof.peak_type);
  }
  if (by == "vector") return fmt::format("the vector units: busy {} of the time", percent(share));
  return fmt::format("latency: no resource is used over {} of its capacity", percent(share));
}

}  // namespace

RooflineReport roofline(const Report& report, const ChipParams& chip, const Activity& total) {
  RooflineReport roof;
  const isa::DataType type = dominant_type(total);
  roof.peak_type = to_string(type);
  roof.peak_macs_per_s =
      static_cast<double>(macs_per_cycle(chip.pe, type) * chip.cores) * report.clock_hertz;
  const auto macs = static_cast<double>(total.total_macs());
  const auto bytes = static_cast<double>(report.memory.bytes_read + report.memory.bytes_written);
  roof.macs_per_s = ratio(macs, report.latency_s);
  roof.macs_per_byte = ratio(macs, bytes);
  roof.ridge_macs_per_byte = ratio(roof.peak_macs_per_s, report.memory.peak_bytes_per_s);
  roof.attainable_macs_per_s =
      bytes == 0
          ? roof.peak_macs_per_s
          : std::min(roof.peak_macs_per_s, roof.macs_per_byte * report.memory.peak_bytes_per_s);
  return roof;
}

BoundReport bound(const Report& report, const RooflineReport& roof) {
  BoundReport bound;
  bound.use = {
      {"memory", ratio(report.memory.bandwidth_bytes_per_s, report.memory.peak_bytes_per_s)},
      {"decompressor", report.decompression.busy},
      {"matrix", busy_share(report, "matrix")},
      {"vector", busy_share(report, "vector")}};
  const auto most =
      std::max_element(bound.use.begin(), bound.use.end(),
                       [](const auto& a, const auto& b) { return a.second < b.second; });
  bound.by = most->second >= kBusyEnough ? most->first : "latency";
  bound.text = words(bound.by, most->second, report, roof);
  return bound;
}

}  // namespace npulse::arch
