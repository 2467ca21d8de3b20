// SPDX-License-Identifier: Apache-2.0
#include "arch/chip/replay/replay_json.h"

#include "arch/chip/report_json.h"

namespace npulse::arch {
namespace {

using Json = nlohmann::ordered_json;

double nanoseconds(Picoseconds time) {
  return static_cast<double>(time.count()) * 1e-3;
}

Json latency_json(const dram::LatencyHistogram& latency) {
  Json bins = Json::array();
  for (const auto& bin : latency.bins()) {
    bins.push_back(
        {{"from_ns", nanoseconds(bin.from)}, {"to_ns", nanoseconds(bin.to)}, {"count", bin.count}});
  }
  return {{"mean", latency.mean_ps() * 1e-3},
          {"p50", nanoseconds(latency.percentile(0.50))},
          {"p90", nanoseconds(latency.percentile(0.90))},
          {"p99", nanoseconds(latency.percentile(0.99))},
          {"max", nanoseconds(latency.max())},
          {"count", latency.count()},
          {"histogram", bins}};
}

Json time_json(const dram::TimeUses& time) {
  Json shares = Json::object(), ticks = Json::object();
  for (const auto& use : enum_names(dram::TimeUse{})) {
    const Cycles of_use = time.of(use.value);
    shares[use.name] =
        ratio(static_cast<double>(of_use.count()), static_cast<double>(time.total().count()));
    ticks[use.name] = of_use.count();
  }
  return {{"shares", shares}, {"ticks", ticks}, {"total_ticks", time.total().count()}};
}

Json commands_json(const dram::ChannelCounts& counts) {
  Json json = Json::object();
  for (const auto& command : enum_names(dram::Command{}))
    json[command.name] = counts.of(command.value);
  return json;
}

Json energy_json(const ReplayReport& report) {
  Json json = uses_json(report.energy);
  json["total"] = report.energy.total();
  json["background_by_state"] = states_json(report.energy);
  json["rails"] = rails_json(report.energy);
  json["basis"] = to_string(report.energy.basis);
  json["average_watts"] = report.average_watts;
  return json;
}

Json memory_json(const ReplayReport& report) {
  Json json = to_json(report.memory);
  json["row_hits"] = report.counts.row_hits();
  json["row_misses"] = report.counts.row_misses;
  json["row_conflicts"] = report.counts.row_conflicts;
  return json;
}

}  // namespace

nlohmann::ordered_json to_json(const ReplayReport& report) {
  return {{"npulse_version", report.version},
          {"trace", report.trace},
          {"format", report.format},
          {"pace", report.timed ? "timed" : "closed_loop"},
          {"engine", to_string(report.engine)},
          {"mapping", report.mapping},
          {"latency_s", report.latency_s},
          {"requests", report.requests},
          {"reads", report.reads},
          {"writes", report.writes},
          {"sources", report.sources},
          {"memory", memory_json(report)},
          {"time", time_json(report.time)},
          {"read_latency_ns", latency_json(report.read_latency)},
          {"commands", commands_json(report.counts)},
          {"energy_j", energy_json(report)},
          {"unsure", to_json(report.unsure)}};
}

nlohmann::ordered_json to_json(const MappingTable& table) {
  Json trials = Json::array();
  for (const MappingTrial& trial : table.trials) {
    trials.push_back({{"mapping", to_string(trial.preset)},
                      {"latency_s", trial.report.latency_s},
                      {"bandwidth_bytes_per_s", trial.report.memory.bandwidth_bytes_per_s},
                      {"peak_bytes_per_s", trial.report.memory.peak_bytes_per_s},
                      {"time", time_json(trial.report.time)}});
  }
  return {{"requests", table.trials.front().report.requests}, {"mappings", trials}};
}

}  // namespace npulse::arch
