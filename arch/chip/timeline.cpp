// SPDX-License-Identifier: Apache-2.0
#include "arch/chip/timeline.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

namespace npulse::arch {

namespace {

std::string microseconds(std::int64_t ns) {
  return fmt::format("{}.{:03}", ns / 1000, ns % 1000);
}

/// Of processes and threads: to Perfetto 0 is the idle task, one for all cores.
constexpr std::size_t kFirst = 1;

}  // namespace

Timeline::Timeline(const std::filesystem::path& path, const isa::ProgramHeader& header,
                   std::uint32_t cores, const ClockDomain& clock)
    : file_{path}, ends_(cores * header.queues.size(), {Cycles{0}}), clock_{clock} {
  file_.stream() << "{\"displayTimeUnit\":\"ns\",\"traceEvents\":[";
  for (const auto& queue : header.queues) queues_.push_back(nlohmann::json(queue.name).dump());
  for (std::size_t core = 0; core < cores; ++core) {
    event(fmt::format(R"({{"ph":"M","pid":{},"name":"process_name","args":{{"name":"core {}"}}}})",
                      core + kFirst, core));
    for (std::size_t queue = 0; queue < queues_.size(); ++queue) name_track(core, queue, queue);
  }
}

void Timeline::name_track(std::size_t core, std::size_t queue, std::size_t track) {
  event(fmt::format(R"({{"ph":"M","pid":{},"tid":{},"name":"thread_name","args":{{"name":{}}}}})",
                    core + kFirst, track + kFirst, queues_[queue]));
  event(fmt::format(
      R"({{"ph":"M","pid":{},"tid":{},"name":"thread_sort_index","args":{{"sort_index":{}}}}})",
      core + kFirst, track + kFirst, queue));
}

std::size_t Timeline::track_of(const InstructionRecord& record) {
  const std::size_t core = record.queue.core;
  const std::size_t queue = record.queue.queue;
  auto& ends = ends_[core * queues_.size() + queue];
  const auto free =
      std::find_if(ends.begin(), ends.end(), [&](Cycles end) { return end <= record.issued; });
  const auto lane = static_cast<std::size_t>(free - ends.begin());
  const std::size_t track = lane * queues_.size() + queue;
  if (free == ends.end()) {
    ends.push_back(record.finished);
    name_track(core, queue, track);
  } else {
    *free = record.finished;
  }
  return track;
}

void Timeline::add(const InstructionRecord& record, const RegionTable& regions) {
  const std::string& region = regions.name(record.region);
  const Activity& did = record.activity;
  const std::size_t track = track_of(record);
  const std::int64_t start = nanoseconds(record.issued);
  event(fmt::format(
      R"({{"ph":"X","pid":{},"tid":{},"name":{},"cat":"{}","ts":{},"dur":{},"args":{{"line":{},"stalled_cycles":{},"macs":{},"dram_bytes":{}}}}})",
      record.queue.core + kFirst, track + kFirst,
      nlohmann::json(region.empty() ? to_string(record.opcode) : region).dump(),
      to_string(record.opcode), microseconds(start),
      microseconds(nanoseconds(record.finished) - start), record.line, record.stalled.count(),
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

std::int64_t Timeline::nanoseconds(Cycles cycles) const {
  return clock_.time_of(cycles).count() / 1000;
}

}  // namespace npulse::arch
