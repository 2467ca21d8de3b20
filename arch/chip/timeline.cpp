// SPDX-License-Identifier: Apache-2.0
#include "arch/chip/timeline.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

namespace npulse::arch {

Timeline::Timeline(const std::filesystem::path& path, const isa::ProgramHeader& header,
                   std::uint32_t cores, const ClockDomain& clock)
    : file_{path}, clock_{clock} {
  file_.stream() << "{\"displayTimeUnit\":\"ns\",\"traceEvents\":[";
  name_tracks(header, cores);
}

void Timeline::name_tracks(const isa::ProgramHeader& header, std::uint32_t cores) {
  for (std::uint32_t core = 0; core < cores; ++core) {
    event(fmt::format(R"({{"ph":"M","pid":{0},"name":"process_name","args":{{"name":"core {0}"}}}})", core));
    for (std::size_t queue = 0; queue < header.queues.size(); ++queue) {
      event(fmt::format(R"({{"ph":"M","pid":{},"tid":{},"name":"thread_name","args":{{"name":{}}}}})",
                        core, queue, nlohmann::json(header.queues[queue].name).dump()));
    }
  }
}

void Timeline::add(const InstructionRecord& record, const RegionTable& regions) {
  const std::string& region = regions.name(record.region);
  const Activity& did = record.activity;
  event(fmt::format(
      R"({{"ph":"X","pid":{},"tid":{},"name":{},"cat":"{}","ts":{},"dur":{},"args":{{"line":{},"stalled_cycles":{},"macs":{},"dram_bytes":{}}}}})",
      record.queue.core, record.queue.queue,
      nlohmann::json(region.empty() ? to_string(record.opcode) : region).dump(),
      to_string(record.opcode), microseconds(record.issued),
      microseconds(record.finished - record.issued), record.line, record.stalled.count(),
      did.total_macs(), did.dram_read_bytes + did.dram_write_bytes));
}

void Timeline::commit() {
  file_.stream() << "]}\n";
  file_.commit();
}

void Timeline::event(const std::string& json) {
  file_.stream() << (first_ ? "\n" : ",\n") << json;
  first_ = false;
}

std::string Timeline::microseconds(Cycles cycles) const {
  const std::int64_t ps = clock_.time_of(cycles).count();
  return fmt::format("{}.{:06}", ps / 1'000'000, ps % 1'000'000);
}

}  // namespace npulse::arch
