// SPDX-License-Identifier: Apache-2.0
#include "arch/chip/replay/replay_text.h"

#include <fmt/format.h>

#include "arch/chip/replay/replay_tables.h"
#include "arch/chip/report_text.h"
#include "sim/core/text_table.h"

namespace npulse::arch {
namespace {

using dram::TimeUse;

std::string ns(double picoseconds) {
  return scaled(picoseconds * 1e-12, "s");
}
std::string ns(Picoseconds time) {
  return ns(static_cast<double>(time.count()));
}

/// `1 channel`, `16 channels`.
std::string counted(std::int64_t count, const char* what) {
  return fmt::format("{} {}{}", count, what, count == 1 ? "" : "s");
}

std::string channels(const ReplayReport& report) {
  return counted(static_cast<std::int64_t>(report.memory.channels.size()), "channel");
}

std::string headline(const ReplayReport& report) {
  const MemoryReport& memory = report.memory;
  const auto bursts = static_cast<double>(report.counts.bursts());
  const auto rows = [&](std::int64_t n) { return percent(ratio(static_cast<double>(n), bursts)); };
  std::string text = fmt::format("{} ({}, {}) on {}, {}, mapping {}, {} engine\n\n", report.trace,
                                 report.format, report.timed ? "timed" : "closed loop", memory.part,
                                 channels(report), report.mapping, to_string(report.engine));
  text += fmt::format("  latency       {} from the first request to the last data\n",
                      scaled(report.latency_s, "s"));
  text += fmt::format("  requests      {} from {}: {} reads ({}), {} writes ({})\n",
                      report.requests, counted(report.sources, "source"), report.reads,
                      scaled(static_cast<double>(memory.bytes_read), "B"), report.writes,
                      scaled(static_cast<double>(memory.bytes_written), "B"));
  text +=
      fmt::format("  bandwidth     {} of {} ({})\n", scaled(memory.bandwidth_bytes_per_s, "B/s"),
                  scaled(memory.peak_bytes_per_s, "B/s"),
                  percent(ratio(memory.bandwidth_bytes_per_s, memory.peak_bytes_per_s)));
  text +=
      fmt::format("  rows          {} of bursts hit, {} found the bank closed, {} another row\n",
                  rows(report.counts.row_hits()), rows(report.counts.row_misses),
                  rows(report.counts.row_conflicts));
  return text;
}

std::string latency_line(const dram::LatencyHistogram& latency) {
  if (latency.count() == 0) return "";
  return fmt::format("  read latency  mean {}, p50 {}, p99 {}, max {}\n", ns(latency.mean_ps()),
                     ns(latency.percentile(0.50)), ns(latency.percentile(0.99)), ns(latency.max()));
}

std::string energy_line(const ReplayReport& report) {
  const double bits =
      8.0 * static_cast<double>(report.memory.bytes_read + report.memory.bytes_written);
  return fmt::format("  energy        {} ({:.2f} pJ/bit, {}): {}\n",
                     scaled(report.energy.total(), "J"),
                     ratio(report.energy.total() * 1e12, bits), scaled(report.average_watts, "W"),
                     dram_shares(report.energy));
}

std::string commands_line(const dram::ChannelCounts& counts) {
  std::string text;
  for (const auto& command : enum_names(dram::Command{})) {
    if (counts.of(command.value) == 0) continue;
    text +=
        fmt::format("{}{} {}", text.empty() ? "" : ", ", command.name, counts.of(command.value));
  }
  return "  commands      " + text + "\n";
}

}  // namespace

std::string to_text(const ReplayReport& report) {
  return headline(report) + latency_line(report.read_latency) + energy_line(report) +
         commands_line(report.counts) + "\n" + time_table(report.time) + "\n" +
         latency_table(report.read_latency) + "\n" + unsure_note(report.unsure);
}

std::string to_text(const MappingTable& table) {
  TextTable text{{"mapping", "bandwidth", "of peak", "row hits", "most lost to"}};
  for (const MappingTrial& trial : table.trials) {
    const ReplayReport& report = trial.report;
    const TimeUse lost = trial.largest_loss();
    const double share = ratio(static_cast<double>(report.time.of(lost).count()),
                               static_cast<double>(report.time.total().count()));
    text.row({to_string(trial.preset), scaled(report.memory.bandwidth_bytes_per_s, "B/s"),
              percent(ratio(report.memory.bandwidth_bytes_per_s, report.memory.peak_bytes_per_s)),
              percent(ratio(static_cast<double>(report.counts.row_hits()),
                            static_cast<double>(report.counts.bursts()))),
              fmt::format("{} ({})", to_string(lost), percent(share))});
  }
  const ReplayReport& best = table.trials.front().report;
  std::string result = fmt::format("{} on {}, {}, first {} requests\n\n", best.trace,
                                   best.memory.part, channels(best), best.requests);
  result +=
      text.text() + fmt::format("\n  best: --mapping {}\n", to_string(table.trials.front().preset));
  for (const std::string& note : table.notes) result += "  " + note + "\n";
  return result;
}

}  // namespace npulse::arch
