// SPDX-License-Identifier: Apache-2.0
#include "arch/chip/report_text.h"

#include <fmt/format.h>

#include <algorithm>

#include "sim/core/text_table.h"

namespace npulse::arch {
namespace {

std::string share(Cycles part, Cycles whole) {
  return percent(ratio(static_cast<double>(part.count()), static_cast<double>(whole.count())));
}

std::string largest(const std::map<std::string, Cycles>& blamed) {
  const auto most =
      std::max_element(blamed.begin(), blamed.end(),
                       [](const auto& a, const auto& b) { return a.second < b.second; });
  return most == blamed.end() ? "" : most->first;
}

/// `ld` of `c0.ld`.
std::string after_dot(const std::string& name) {
  return name.substr(name.find('.') + 1);
}

std::string channels_line(const MemoryReport& memory) {
  const auto [least, most] = std::minmax_element(
      memory.channels.begin(), memory.channels.end(), [](const auto& a, const auto& b) {
        return a.bandwidth_bytes_per_s < b.bandwidth_bytes_per_s;
      });
  if (least == memory.channels.end()) return "";
  return fmt::format("  channels   {} at {} to {} of {} each\n", memory.channels.size(),
                     scaled(least->bandwidth_bytes_per_s, "B/s"),
                     scaled(most->bandwidth_bytes_per_s, "B/s"),
                     scaled(memory.channel_peak_bytes_per_s, "B/s"));
}

std::string decompression_line(const DecompressionReport& report) {
  if (report.expanded_bytes == 0) return "";
  const auto coded = static_cast<double>(report.coded_bytes);
  const auto expanded = static_cast<double>(report.expanded_bytes);
  return fmt::format(
      "  expanded   {} to {} by the DMA engines ({:.2f} x), busy with it {} of the time\n",
      scaled(coded, "B"), scaled(expanded, "B"), ratio(expanded, coded), percent(report.busy));
}

std::string headline(const Report& report) {
  std::string text = fmt::format("{} on {}\n\n", report.program.name, report.chip);
  text += fmt::format("  latency    {}  ({} cycles at {})\n", scaled(report.latency_s, "s"),
                      report.cycles.count(), scaled(report.clock_hertz, "Hz"));
  if (report.program.tokens > 0) {
    text += fmt::format("  tokens     {} in this run: {:.2f} tokens/s, {} a token\n",
                        report.program.tokens, report.program.tokens_per_s,
                        scaled(report.program.energy_per_token_j, "J"));
  }
  text += fmt::format("  bound by   {}\n", report.bound.text);
  const MemoryReport& memory = report.memory;
  text += fmt::format("  memory     {}: {} of {} ({}); read {}, written {}\n", memory.part,
                      scaled(memory.bandwidth_bytes_per_s, "B/s"),
                      scaled(memory.peak_bytes_per_s, "B/s"),
                      percent(ratio(memory.bandwidth_bytes_per_s, memory.peak_bytes_per_s)),
                      scaled(static_cast<double>(memory.bytes_read), "B"),
                      scaled(static_cast<double>(memory.bytes_written), "B"));
  text += channels_line(memory) + decompression_line(report.decompression);
  const RooflineReport& roof = report.roofline;
  text += fmt::format(
      "  roofline   {} of {} attainable at {:.2f} MAC/B (ridge {:.2f} MAC/B, peak {} in {})\n",
      scaled(roof.macs_per_s, "MAC/s"), scaled(roof.attainable_macs_per_s, "MAC/s"),
      roof.macs_per_byte, roof.ridge_macs_per_byte, scaled(roof.peak_macs_per_s, "MAC/s"),
      roof.peak_type);
  return text;
}

std::string energy_table(const Report& report) {
  const auto joules = [](Picojoules energy) { return scaled(energy.count() * 1e-12, "J"); };
  const Energy& energy = report.energy.energy;
  TextTable table{{"energy", "dynamic", "static", "total", "share"}};
  for (const EnergyComponent& part : energy.components()) {
    if (part.total() == Picojoules{0}) continue;
    table.row({part.name, joules(part.dynamic_energy), joules(part.static_energy),
               joules(part.total()), percent(ratio(part.total().count(), energy.total().count()))});
  }
  table.row({"total", "", "", joules(energy.total()), scaled(report.energy.average_watts, "W")});
  return table.text() + "  dram: " + dram_shares(report.energy.dram) + "\n";
}

/// The queues of one name on all cores, summed.
struct QueueSum {
  int cores = 0;
  Cycles busy{}, wait_data{}, wait_resource{}, idle{};
  std::map<std::string, Cycles> wait_data_for, wait_resource_for;

  void add(const QueueReport& queue) {
    ++cores;
    busy += queue.busy;
    wait_data += queue.wait_data;
    wait_resource += queue.wait_resource;
    idle += queue.idle;
    for (const auto& [who, cycles] : queue.wait_data_for) wait_data_for[after_dot(who)] += cycles;
    for (const auto& [who, cycles] : queue.wait_resource_for) wait_resource_for[who] += cycles;
  }
};

std::string queue_table(const Report& report) {
  std::vector<std::pair<std::string, QueueSum>> sums;
  for (const QueueReport& queue : report.queues) {
    const std::string name = after_dot(queue.name);
    auto found =
        std::find_if(sums.begin(), sums.end(), [&](const auto& sum) { return sum.first == name; });
    if (found == sums.end()) found = sums.insert(sums.end(), {name, {}});
    found->second.add(queue);
  }
  const int cores = sums.empty() ? 0 : sums.front().second.cores;
  TextTable table{{cores > 1 ? fmt::format("queue (mean of {} cores)", cores) : "queue", "busy",
                   "waits for data", "(most for)", "for a resource", "(most for)", "idle"}};
  for (const auto& [name, sum] : sums) {
    const Cycles whole = report.cycles * sum.cores;
    table.row({name, share(sum.busy, whole), share(sum.wait_data, whole),
               largest(sum.wait_data_for), share(sum.wait_resource, whole),
               largest(sum.wait_resource_for), share(sum.idle, whole)});
  }
  return table.text();
}

std::string region_table(const Report& report) {
  TextTable table{
      {"region", "active", "matrix", "vector", "dma", "MAC", "read", "written", "energy"}};
  for (const RegionReport& region : report.regions) {
    table.row({region.name, share(region.active, report.cycles),
               scaled(static_cast<double>(region.matrix_busy.count()), "cy"),
               scaled(static_cast<double>(region.vector_busy.count()), "cy"),
               scaled(static_cast<double>(region.dma_busy.count()), "cy"),
               scaled(static_cast<double>(region.macs), ""),
               scaled(static_cast<double>(region.dram_read_bytes), "B"),
               scaled(static_cast<double>(region.dram_write_bytes), "B"),
               scaled(region.energy_j, "J")});
  }
  return table.text();
}

}  // namespace

std::string dram_shares(const dram::DramEnergy& energy) {
  const auto list = [&](std::string& text, const std::string& name, double joules) {
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", name,
                        percent(ratio(joules, energy.total())));
  };
  std::string uses, rails;
  for (const auto& [use, name] : enum_names(dram::EnergyUse{})) list(uses, name, energy.of(use));
  if (energy.basis == dram::EnergyBasis::figures) return uses;
  for (const auto& rail : energy.rails) list(rails, rail.name, rail.total());
  return uses + "; by rail " + rails;
}

std::string unsure_note(const std::vector<Provenance>& unsure) {
  std::map<std::string, int> counts;
  for (const Provenance& figure : unsure) ++counts[to_string(figure.mark)];
  std::string text;
  for (const auto& [mark, count] : counts) {
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", count, mark);
  }
  if (text.empty()) return "";
  return "  Figures behind this run that are not published facts: " + text +
         " (listed under `unsure` in the JSON report).\n";
}

std::string to_text(const Report& report) {
  return headline(report) + "\n" + energy_table(report) + "\n" + queue_table(report) + "\n" +
         region_table(report) + "\n" + unsure_note(report.unsure);
}

}  // namespace npulse::arch
