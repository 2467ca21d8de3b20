// SPDX-License-Identifier: Apache-2.0
#include "traces/importers/chakra_program.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>
#include <unordered_map>

#include "traces/importers/chakra_work.h"

namespace npulse::importers::chakra {
namespace {

/// How many completions of each queue a node needs, or stands for.
using Counts = std::array<std::int64_t, kQueues>;

/// The instructions of one rank.
class Scheduler {
 public:
  Scheduler(const Rank& rank, Translator& translator) : rank_{rank}, translator_{translator} {}

  std::vector<isa::Instruction> schedule() {
    index_ids();
    link();
    std::set<std::pair<std::uint64_t, std::size_t>> ready;  // by start, then as in the file
    for (std::size_t i = 0; i < rank_.nodes.size(); ++i) {
      if (open_[i] == 0) ready.insert({rank_.nodes[i].start_micros, i});
    }
    std::size_t done = 0;
    for (; !ready.empty(); ++done) {
      const std::size_t node = ready.begin()->second;
      ready.erase(ready.begin());
      place(node);
      for (const std::size_t next : dependents_[node]) {
        if (--open_[next] == 0) ready.insert({rank_.nodes[next].start_micros, next});
      }
    }
    if (done < rank_.nodes.size()) fail_on_cycle();
    return std::move(code_);
  }

 private:
  void index_ids() {
    for (std::size_t i = 0; i < rank_.nodes.size(); ++i) {
      const Node& node = rank_.nodes[i];
      if (places_.emplace(node.id, i).second) continue;
      throw InputError{node.where, fmt::format("node {} is there twice", node.id)};
    }
  }

  void link() {
    dependents_.resize(rank_.nodes.size());
    open_.assign(rank_.nodes.size(), 0);
    needs_.assign(rank_.nodes.size(), Counts{});
    for (std::size_t i = 0; i < rank_.nodes.size(); ++i) {
      for (const std::uint64_t id : rank_.nodes[i].dependencies) {
        const auto found = places_.find(id);
        if (found == places_.end()) {
          ++translator_.tally().missing;
          continue;
        }
        dependents_[found->second].push_back(i);
        ++open_[i];
      }
    }
  }

  [[noreturn]] void fail_on_cycle() const {
    const auto stuck = std::find_if(open_.begin(), open_.end(), [](auto n) { return n > 0; });
    const Node& node = rank_.nodes[static_cast<std::size_t>(stuck - open_.begin())];
    throw InputError{node.where, fmt::format("node {} ('{}') depends on itself, or on a cycle",
                                             node.id, node.name)};
  }

  void place(std::size_t index) {
    const Counts& needs = needs_[index];
    Counts stands_for = needs;
    if (auto work = translator_.work_of(rank_.nodes[index])) {
      isa::Instruction instruction;
      instruction.operation = std::move(work->operation);
      instruction.queue = work->queue;
      add_waits(instruction, work->queue, needs);
      instruction.signals.push_back({work->queue, 1});
      code_.push_back(std::move(instruction));
      stands_for = {};
      stands_for[work->queue] = ++finished_[work->queue];
    }
    for (const std::size_t next : dependents_[index]) {
      for (std::size_t q = 0; q < kQueues; ++q) {
        needs_[next][q] = std::max(needs_[next][q], stands_for[q]);
      }
    }
  }

  /// Matrix and vector units do one thing at a time, DMA engines several. What the queue has waited
  /// for before, it need not again.
  void add_waits(isa::Instruction& instruction, Queue queue, const Counts& needs) {
    const bool one_by_one = queue == mx || queue == vec;
    for (std::size_t q = 0; q < kQueues; ++q) {
      if ((q == queue && one_by_one) || needs[q] <= waited_[queue][q]) continue;
      waited_[queue][q] = needs[q];
      instruction.waits.push_back({static_cast<isa::EventId>(q), needs[q], {}});
    }
  }

  const Rank& rank_;
  Translator& translator_;
  std::unordered_map<std::uint64_t, std::size_t> places_;
  std::vector<std::vector<std::size_t>> dependents_;
  std::vector<std::int64_t> open_;
  std::vector<Counts> needs_;
  Counts finished_{};
  std::array<Counts, kQueues> waited_{};
  std::vector<isa::Instruction> code_;
};

/// Events that nobody waits for are not signalled.
void drop_unused_events(std::vector<std::vector<isa::Instruction>>& cores,
                        isa::ProgramHeader& header) {
  std::array<bool, kQueues> used{};
  for (const auto& code : cores) {
    for (const auto& instruction : code) {
      for (const isa::Wait& wait : instruction.waits) used[wait.event] = true;
    }
  }
  std::array<isa::EventId, kQueues> renamed{};
  for (std::size_t q = 0; q < kQueues; ++q) {
    renamed[q] = static_cast<isa::EventId>(header.events.size());
    if (used[q])
      header.events.push_back({fmt::format("{}_done", kNames[q]), isa::EventScope::core});
  }
  for (auto& code : cores) {
    for (auto& instruction : code) {
      std::erase_if(instruction.signals, [&](const auto& s) { return !used[s.event]; });
      for (auto& signal : instruction.signals) signal.event = renamed[signal.event];
      for (auto& wait : instruction.waits) wait.event = renamed[wait.event];
    }
  }
}

}  // namespace

isa::MemoryProgram program_of(const std::string& name, const std::vector<Rank>& ranks,
                              std::vector<Diagnostic>& warnings) {
  Translator translator;
  std::vector<std::vector<isa::Instruction>> cores;
  for (const Rank& rank : ranks) cores.push_back(Scheduler{rank, translator}.schedule());
  isa::ProgramHeader header;
  header.cores = static_cast<std::uint32_t>(cores.size());
  header.queues = {{"ld", isa::QueueKind::dma},
                   {"st", isa::QueueKind::dma},
                   {"mx", isa::QueueKind::matrix},
                   {"vec", isa::QueueKind::vector}};
  drop_unused_events(cores, header);
  isa::MemoryProgram program{name};
  program.begin(header);
  for (std::uint32_t core = 0; core < header.cores; ++core) {
    for (const auto& instruction : cores[core]) program.put(core, instruction);
  }
  program.finish({{"source", "chakra"}, {"opaque_cycles", "of 1 GHz"}});
  translator.tally().warn(name, warnings);
  return program;
}

}  // namespace npulse::importers::chakra
