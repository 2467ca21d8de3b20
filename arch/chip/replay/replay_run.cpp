// SPDX-License-Identifier: Apache-2.0
#include "arch/chip/replay/replay_run.h"

#include <algorithm>
#include <cmath>
#include <list>
#include <optional>

#include "arch/chip/memory_report.h"
#include "arch/dram/replay/bus_account.h"
#include "arch/dram/replay/command_trace.h"
#include "arch/dram/replay/replay.h"
#include "sim/core/version.h"

namespace npulse::arch {
namespace {

constexpr double kSecondsPerPicosecond = 1e-12;
constexpr Picoseconds kLastCommands{2'000'000};

/// Who listens to the commands of each channel.
class Listeners {
 public:
  Listeners(const dram::ResolvedPart& part, std::size_t channels, std::ostream* commands) {
    if (commands) trace_.emplace(*commands, part, channels);
    for (std::size_t c = 0; c < channels; ++c) {
      observers_.push_back(&accounts_.emplace_back(part, trace_ ? &trace_->channel(c) : nullptr));
    }
  }
  const std::vector<dram::CommandObserver*>& observers() const { return observers_; }
  Cycles data_end() const {
    Cycles end{0};
    for (const auto& account : accounts_) end = std::max(end, account.data_end());
    return end;
  }
  dram::TimeUses until(Cycles end) const {
    dram::TimeUses uses;
    for (const auto& account : accounts_) uses += account.until(end);
    return uses;
  }
  void flush() {
    if (trace_) trace_->flush();
  }

 private:
  std::optional<dram::CommandTrace> trace_;
  std::list<dram::ChannelAccount> accounts_;
  std::vector<dram::CommandObserver*> observers_;
};

std::string mapping_name(const dram::MappingParams& mapping) {
  return mapping.bits.empty() ? to_string(mapping.preset) : "bits";
}

void add_traffic(ReplayReport& report, const dram::ReplayResult& result) {
  report.requests = result.requests;
  report.reads = result.reads;
  report.writes = result.requests - result.reads;
  report.sources = result.sources;
  report.read_latency = result.read_latency;
}

void add_memory(ReplayReport& report, const DramSystem& system, const dram::Memory& memory,
                Picoseconds elapsed) {
  report.latency_s = static_cast<double>(elapsed.count()) * kSecondsPerPicosecond;
  report.memory = memory_report(system.part.name, memory, report.latency_s);
  report.counts = memory.total_counts();
  report.energy = dram_energy(system.part, report.counts,
                              static_cast<std::int64_t>(memory.channels()), elapsed);
  report.average_watts = ratio(report.energy.total(), report.latency_s);
}

}  // namespace

ReplayReport replay(const DramSystem& system, const TraceOptions& trace,
                    const ReplaySettings& settings) {
  const dram::ResolvedPart part{system.part};
  const auto channels =
      static_cast<std::size_t>(system.params.channels.value_or(system.part.channels));
  Listeners listeners{part, channels, settings.commands};
  dram::Memory memory{system.part, system.params, listeners.observers()};
  TraceStream stream{trace, part, memory.capacity()};
  dram::ReplayOptions options;
  options.timed = trace.timed;
  options.front_end = Picoseconds{std::llround(system.params.controller.front_end_ns * 1000)};
  if (settings.poll) options.poll = [&](std::int64_t) { settings.poll(stream.fraction()); };
  const dram::ReplayResult result = dram::Replay{memory, stream, options}.run();
  if (result.requests == 0) throw InputError{trace.path, "holds no request", ""};
  // The fast engine hands over commands, in order, only when nothing can come before them.
  if (system.params.engine == dram::MemoryEngine::fast)
    memory.settle(result.settled + kLastCommands);
  listeners.flush();

  ReplayReport report;
  report.version = kVersion;
  report.trace = trace.path;
  report.format = to_string(stream.dialect());
  report.timed = trace.timed;
  report.engine = system.params.engine;
  report.mapping = mapping_name(system.mapping());
  add_traffic(report, result);
  const Cycles end = listeners.data_end();
  add_memory(report, system, memory, part.clock.time_of(end) - result.first);
  report.time = listeners.until(end);
  report.unsure = unsure_of(system.provenance);
  return report;
}

}  // namespace npulse::arch
