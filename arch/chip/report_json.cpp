// SPDX-License-Identifier: Apache-2.0
#include "arch/chip/report_json.h"

namespace npulse::arch {
namespace {

using Json = nlohmann::ordered_json;

Json to_json(const EnergyReport& report) {
  Json json = energy_json(report.energy);
  json["dram"] = uses_json(report.dram);
  json["dram_background_by_state"] = states_json(report.dram);
  json["dram_rails"] = rails_json(report.dram);
  json["dram_basis"] = to_string(report.dram.basis);
  json["average_watts"] = report.average_watts;
  return json;
}

Json to_json(const std::map<std::string, Cycles>& blamed) {
  Json json = Json::object();
  for (const auto& [who, cycles] : blamed) json[who] = cycles.count();
  return json;
}

Json to_json(const QueueReport& queue) {
  return {{"kind", queue.kind},
          {"busy_cycles", queue.busy.count()},
          {"wait_data_cycles", queue.wait_data.count()},
          {"wait_resource_cycles", queue.wait_resource.count()},
          {"idle_cycles", queue.idle.count()},
          {"wait_data_for", to_json(queue.wait_data_for)},
          {"wait_resource_for", to_json(queue.wait_resource_for)}};
}

Json to_json(const RegionReport& region) {
  return {{"name", region.name},
          {"instances", region.instances},
          {"instructions", region.instructions},
          {"active_cycles", region.active.count()},
          {"matrix_busy_cycles", region.matrix_busy.count()},
          {"vector_busy_cycles", region.vector_busy.count()},
          {"dma_busy_cycles", region.dma_busy.count()},
          {"macs", region.macs},
          {"dram_read_bytes", region.dram_read_bytes},
          {"dram_write_bytes", region.dram_write_bytes},
          {"energy_j", region.energy_j}};
}

Json to_json(const DecompressionReport& report) {
  return {{"coded_bytes", report.coded_bytes},
          {"expanded_bytes", report.expanded_bytes},
          {"busy", report.busy}};
}

Json to_json(const RooflineReport& roofline) {
  return {{"macs_per_s", roofline.macs_per_s},
          {"peak_macs_per_s", roofline.peak_macs_per_s},
          {"peak_type", roofline.peak_type},
          {"macs_per_byte", roofline.macs_per_byte},
          {"ridge_macs_per_byte", roofline.ridge_macs_per_byte},
          {"attainable_macs_per_s", roofline.attainable_macs_per_s}};
}

Json to_json(const BoundReport& bound) {
  Json use = Json::object();
  for (const auto& [resource, share] : bound.use) use[resource] = share;
  return {{"by", bound.by}, {"text", bound.text}, {"use", use}};
}

Json to_json(const ProgramReport& program) {
  return {{"name", program.name},
          {"tokens", program.tokens},
          {"tokens_per_s", program.tokens_per_s},
          {"energy_per_token_j", program.energy_per_token_j},
          {"meta", program.meta}};
}

Json to_json(const StatsReport& stats) {
  Json json = Json::object();
  for (const auto& value : stats.values) {
    if (value.integral) {
      json[value.name] = static_cast<std::int64_t>(value.value);
    } else {
      json[value.name] = value.value;
    }
  }
  return json;
}

template <class List, class Name>
Json keyed(const List& list, Name name) {
  Json json = Json::object();
  for (const auto& item : list) json[item.*name] = to_json(item);
  return json;
}

}  // namespace

nlohmann::ordered_json to_json(const MemoryReport& memory) {
  Json channels = Json::array();
  for (const ChannelReport& channel : memory.channels) {
    channels.push_back({{"bytes_read", channel.bytes_read},
                        {"bytes_written", channel.bytes_written},
                        {"bandwidth_bytes_per_s", channel.bandwidth_bytes_per_s},
                        {"row_hits", channel.row_hits},
                        {"row_misses", channel.row_misses},
                        {"row_conflicts", channel.row_conflicts},
                        {"refreshes", channel.refreshes},
                        {"per_bank_refreshes", channel.per_bank_refreshes}});
  }
  Json states = Json::object();
  for (const auto& [state, name] : enum_names(dram::PowerState{}))
    states[name] = memory.state_ticks[index(state)];
  return {{"part", memory.part},
          {"bytes_read", memory.bytes_read},
          {"bytes_written", memory.bytes_written},
          {"done_s", memory.done_s},
          {"bandwidth_bytes_per_s", memory.bandwidth_bytes_per_s},
          {"peak_bytes_per_s", memory.peak_bytes_per_s},
          {"channel_peak_bytes_per_s", memory.channel_peak_bytes_per_s},
          {"state_ticks", states},
          {"channels", channels}};
}

nlohmann::ordered_json uses_json(const dram::DramEnergy& energy) {
  Json json = Json::object();
  for (const auto& [use, name] : enum_names(dram::EnergyUse{})) json[name] = energy.of(use);
  return json;
}

nlohmann::ordered_json states_json(const dram::DramEnergy& energy) {
  Json json = Json::object();
  for (const auto& [state, name] : enum_names(dram::PowerState{})) json[name] = energy.of(state);
  return json;
}

nlohmann::ordered_json rails_json(const dram::DramEnergy& energy) {
  Json json = Json::object();
  if (energy.basis == dram::EnergyBasis::figures) return json;
  for (const auto& rail : energy.rails) json[rail.name] = rail.total();
  return json;
}

nlohmann::ordered_json to_json(const std::vector<Provenance>& unsure) {
  Json json = Json::array();
  for (const Provenance& figure : unsure) {
    json.push_back({{"path", figure.path},
                    {"value", figure.value},
                    {"mark", to_string(figure.mark)},
                    {"source", figure.source}});
  }
  return json;
}

nlohmann::ordered_json to_json(const Report& report) {
  Json regions = Json::array();
  for (const RegionReport& region : report.regions) regions.push_back(to_json(region));
  return {{"npulse_version", report.version},
          {"chip", report.chip},
          {"program", to_json(report.program)},
          {"latency_s", report.latency_s},
          {"cycles", report.cycles.count()},
          {"clock_hertz", report.clock_hertz},
          {"macs", report.macs},
          {"bound", to_json(report.bound)},
          {"memory", to_json(report.memory)},
          {"energy_j", to_json(report.energy)},
          {"decompression", to_json(report.decompression)},
          {"roofline", to_json(report.roofline)},
          {"queues", keyed(report.queues, &QueueReport::name)},
          {"regions", regions},
          {"stats", keyed(report.stats, &StatsReport::module)},
          {"unsure", to_json(report.unsure)}};
}

}  // namespace npulse::arch
