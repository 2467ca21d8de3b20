// SPDX-License-Identifier: Apache-2.0
#include "arch/chip/memory_report.h"

namespace npulse::arch {
namespace {

ChannelReport channel_report(const dram::Memory& memory, std::size_t channel, double done_s) {
  const dram::TrafficCounts& traffic = memory.traffic(channel);
  const dram::ChannelCounts& counts = memory.counts(channel);
  ChannelReport report;
  report.bytes_read = traffic.bytes_read;
  report.bytes_written = traffic.bytes_written;
  report.bandwidth_bytes_per_s =
      ratio(static_cast<double>(traffic.bytes_read + traffic.bytes_written), done_s);
  report.row_hits = counts.row_hits();
  report.row_misses = counts.row_misses;
  report.row_conflicts = counts.row_conflicts;
  report.refreshes = counts.of(dram::Command::refab);
  report.per_bank_refreshes = counts.of(dram::Command::refpb);
  return report;
}

bool is_unsure(Mark mark) {
  switch (mark) {
    case Mark::press:
    case Mark::community:
    case Mark::memory:
    case Mark::assumed:
    case Mark::unverified:
    case Mark::set:
      return true;
    default:
      return false;
  }
}

/// What variants would change was not used; what the chosen ones changed stands where it belongs.
bool is_of_variant(const Provenance& figure) {
  return figure.path.starts_with("part.variants.");
}

}  // namespace

MemoryReport memory_report(const std::string& part, const dram::Memory& memory,
                           double done_s) {
  MemoryReport report;
  report.part = part;
  report.done_s = done_s;
  for (std::size_t channel = 0; channel < memory.channels(); ++channel) {
    report.channels.push_back(channel_report(memory, channel, done_s));
    report.bytes_read += report.channels.back().bytes_read;
    report.bytes_written += report.channels.back().bytes_written;
  }
  report.bandwidth_bytes_per_s =
      ratio(static_cast<double>(report.bytes_read + report.bytes_written), done_s);
  report.state_ticks = memory.total_counts().state_ticks;
  report.peak_bytes_per_s = static_cast<double>(memory.peak_bytes_per_s());
  report.channel_peak_bytes_per_s =
      report.peak_bytes_per_s / static_cast<double>(memory.channels());
  return report;
}

std::vector<Provenance> unsure_of(const std::vector<Provenance>& provenance) {
  std::vector<Provenance> unsure;
  for (const Provenance& figure : provenance) {
    if (is_unsure(figure.mark) && !is_of_variant(figure)) unsure.push_back(figure);
  }
  return unsure;
}

}  // namespace npulse::arch
