// SPDX-License-Identifier: Apache-2.0
#include "tests/traces/lowering/executor.h"

#include <fmt/format.h>

#include <deque>
#include <functional>
#include <memory>
#include <random>

#include "isa/loop_expander.h"
#include "tests/traces/lowering/access.h"
#include "tests/traces/lowering/memory_image.h"

namespace npulse::test {
namespace {

using isa::Instruction;

constexpr std::size_t kMaxFaults = 5;

/// How far an event had come, and what is known to have happened by then.
struct EventState {
  std::int64_t count = 0;
  std::vector<std::pair<std::int64_t, Clock>> history;

  void signal(std::int64_t amount, const Clock& clock) {
    count += amount;
    Clock known = history.empty() ? clock : history.back().second;
    join(known, clock);
    history.emplace_back(count, std::move(known));
  }
  /// What had happened when the count reached `n`.
  const Clock* at(std::int64_t n) const {
    const auto found =
        std::lower_bound(history.begin(), history.end(), n,
                         [](const auto& entry, std::int64_t value) { return entry.first < value; });
    return n <= 0 || found == history.end() ? nullptr : &found->second;
  }
};

struct Queued {
  Instruction instruction;
  std::string region;
};

struct Core {
  std::unique_ptr<isa::LoopExpander> stream;
  std::optional<Instruction> next;
  std::vector<std::deque<Queued>> queues;
  std::vector<std::string> regions;
};

class Executor {
 public:
  Executor(const isa::Program& program, const lowering::Target& target, std::size_t depth,
           std::uint64_t seed, const Observer& observer)
      : header_{program.header()},
        observer_{observer},
        depth_{depth},
        random_{seed},
        memory_{target, header_.cores},
        events_(header_.cores, std::vector<EventState>(header_.events.size())) {
    const std::size_t queues = header_.queues.size();
    clocks_.assign(header_.cores * queues, Clock(header_.cores * queues));
    for (std::uint32_t core = 0; core < header_.cores; ++core) {
      cores_.push_back({std::make_unique<isa::LoopExpander>(program.open(core)), {}, {}, {}});
      cores_.back().queues.resize(queues);
      fetch(cores_.back());
    }
  }

  Executed run() {
    while (out_.faults.size() < kMaxFaults) {
      for (Core& core : cores_) dispatch(core);
      const auto ready = ready_queues();
      if (ready.empty()) break;
      const auto [core, queue] = ready[random_() % ready.size()];
      execute(core, queue);
    }
    report_stuck();
    for (auto& fault : memory_.faults()) out_.faults.push_back(fault);
    return out_;
  }

 private:
  void fetch(Core& core) {
    Instruction instruction;
    core.next = core.stream->next(instruction) ? std::optional{instruction} : std::nullopt;
  }

  void dispatch(Core& core) {
    while (core.next) {
      if (const auto* mark = std::get_if<isa::Mark>(&core.next->operation)) {
        core.regions.push_back(mark->name);
      } else if (core.next->opcode() == isa::Opcode::endmark) {
        core.regions.pop_back();
      } else {
        auto& queue = core.queues.at(core.next->queue);
        if (queue.size() >= depth_) return;
        queue.push_back({*core.next, core.regions.empty() ? "" : core.regions.back()});
      }
      fetch(core);
    }
  }

  EventState& event(std::uint32_t core, isa::EventId id) {
    return events_[header_.events[id].scope == isa::EventScope::chip ? 0 : core][id];
  }

  bool can_run(std::uint32_t core, const Instruction& instruction) {
    for (const auto& wait : instruction.waits) {
      if (event(core, wait.event).count < wait.count) return false;
    }
    return true;
  }

  std::vector<std::pair<std::uint32_t, std::size_t>> ready_queues() {
    std::vector<std::pair<std::uint32_t, std::size_t>> ready;
    for (std::uint32_t core = 0; core < cores_.size(); ++core) {
      for (std::size_t q = 0; q < cores_[core].queues.size(); ++q) {
        const auto& queue = cores_[core].queues[q];
        if (!queue.empty() && can_run(core, queue.front().instruction)) ready.emplace_back(core, q);
      }
    }
    return ready;
  }

  void execute(std::uint32_t core, std::size_t q) {
    const Queued queued = std::move(cores_[core].queues[q].front());
    cores_[core].queues[q].pop_front();
    const std::size_t thread = core * header_.queues.size() + q;
    Clock& clock = clocks_[thread];
    for (const auto& wait : queued.instruction.waits) {
      if (const Clock* known = event(core, wait.event).at(wait.count)) join(clock, *known);
    }
    ++clock[thread];
    for (const Access& access : accesses_of(queued.instruction, core))
      memory_.touch(access, thread, clock);
    account(queued);
    if (observer_) observer_(core, queued.instruction);
    for (const auto& signal : queued.instruction.signals)
      event(core, signal.event).signal(signal.amount, clock);
  }

  void account(const Queued& queued) {
    ++out_.instructions;
    if (const auto* mm = std::get_if<isa::Mm>(&queued.instruction.operation))
      out_.macs += mm->m * mm->n * mm->k;
    const auto* dma = std::get_if<isa::Dma>(&queued.instruction.operation);
    if (!dma) return;
    const std::int64_t bytes = dma->codec == isa::CodecFormat::none
                                   ? isa::bytes_of(dma->shape.product(), dma->type).count()
                                   : dma->compressed_bytes;
    if (dma->src.space == isa::Space::dram) {
      out_.dram_read += bytes;
      out_.dram_read_by_region[queued.region] += bytes;
    }
    if (dma->dst.space == isa::Space::dram) out_.dram_written += bytes;
  }

  void report_stuck() {
    for (std::uint32_t core = 0; core < cores_.size(); ++core) {
      for (std::size_t q = 0; q < cores_[core].queues.size(); ++q) {
        const auto& queue = cores_[core].queues[q];
        if (queue.empty() || out_.faults.size() >= kMaxFaults) continue;
        for (const auto& wait : queue.front().instruction.waits) {
          const auto count = event(core, wait.event).count;
          if (count < wait.count) {
            out_.faults.push_back(fmt::format("core {} queue {} in '{}' waits for {} >= {}, has {}",
                                              core, header_.queues[q].name, queue.front().region,
                                              header_.events[wait.event].name, wait.count, count));
          }
        }
      }
    }
  }

  const isa::ProgramHeader& header_;
  const Observer& observer_;
  std::size_t depth_;
  std::mt19937_64 random_;
  MemoryImage memory_;
  std::vector<std::vector<EventState>> events_;
  std::vector<Clock> clocks_;
  std::vector<Core> cores_;
  Executed out_;
};

}  // namespace

Executed execute(const isa::Program& program, const lowering::Target& target, std::size_t depth,
                 std::uint64_t seed, const Observer& observer) {
  return Executor{program, target, depth, seed, observer}.run();
}

}  // namespace npulse::test
