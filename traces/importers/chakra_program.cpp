// SPDX-License-Identifier: Apache-2.0
#include "traces/importers/chakra_program.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>
#include <optional>
#include <set>
#include <unordered_map>

#include "isa/limits.h"

namespace npulse::importers::chakra {
namespace {

/// Queues that the shipped chips have; events have their names.
enum Queue : std::uint16_t { ld, st, mx, vec };
constexpr std::size_t kQueues = 4;
constexpr std::array<const char*, kQueues> kNames{"ld", "st", "mx", "vec"};

constexpr std::uint64_t kCyclesPerMicro = 1000;  // 1 GHz
constexpr std::uint64_t kMaxMicros = std::numeric_limits<std::int64_t>::max() / 1000 / 1000;

/// How many completions of each queue a node needs, or stands for.
using Counts = std::array<std::int64_t, kQueues>;

struct Tally {
  std::int64_t metadata = 0, unknown = 0, missing = 0, free = 0, no_counterpart = 0, recorded = 0;
};

/// Of all ranks.
struct Shared {
  Tally tally;
  std::map<std::string, std::uint32_t> groups;
  Address next_free = 0;
};

struct Work {
  Queue queue;
  isa::Operation operation;
};

std::int64_t clipped(std::uint64_t value) {
  return static_cast<std::int64_t>(std::min<std::uint64_t>(value, std::uint64_t{1} << 50));
}

std::optional<isa::CollKind> coll_kind(std::uint64_t type) {
  switch (static_cast<CommType>(type)) {
    case CommType::all_reduce:
      return isa::CollKind::all_reduce;
    case CommType::all_gather:
      return isa::CollKind::all_gather;
    case CommType::broadcast:
      return isa::CollKind::broadcast;
    case CommType::all_to_all:
      return isa::CollKind::all_to_all;
    case CommType::reduce_scatter:
    case CommType::reduce_scatter_block:
      return isa::CollKind::reduce_scatter;
    default:
      return std::nullopt;
  }
}

/// The instructions of one rank.
class Scheduler {
 public:
  Scheduler(const Rank& rank, Shared& shared)
      : rank_{rank}, shared_{shared}, tally_{shared.tally} {}

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
          ++tally_.missing;
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
    if (auto work = work_of(rank_.nodes[index])) {
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

  /// Its own queue is in order; what the queue has waited for before, it need not again.
  void add_waits(isa::Instruction& instruction, Queue queue, const Counts& needs) {
    for (std::size_t q = 0; q < kQueues; ++q) {
      if (q == queue || needs[q] <= waited_[queue][q]) continue;
      waited_[queue][q] = needs[q];
      instruction.waits.push_back({static_cast<isa::EventId>(q), needs[q], {}});
    }
  }

  std::optional<Work> work_of(const Node& node) {
    switch (node.type) {
      case NodeType::metadata:
        ++tally_.metadata;
        return std::nullopt;
      case NodeType::mem_load:
        return move(node, ld);
      case NodeType::mem_store:
        return move(node, st);
      case NodeType::comp:
        return Work{node.is_cpu_op ? vec : mx, lasting(node)};
      case NodeType::comm_send:
        return peer<isa::Send>(node, "comm_dst");
      case NodeType::comm_recv:
        return peer<isa::Recv>(node, "comm_src");
      case NodeType::comm_coll:
        return collective(node);
      default:
        ++tally_.unknown;
        return std::nullopt;
    }
  }

  isa::Opaque lasting(const Node& node) {
    if (node.duration_micros > kMaxMicros) {
      throw InputError{node.where,
                       fmt::format("node {} lasts {} us", node.id, node.duration_micros)};
    }
    if (node.duration_micros == 0) ++tally_.free;
    isa::Opaque opaque;
    opaque.cycles = static_cast<std::int64_t>(node.duration_micros * kCyclesPerMicro);
    opaque.note = note_of(node);
    return opaque;
  }

  /// The name, cut between two characters.
  static std::string note_of(const Node& node) {
    constexpr std::size_t kMost = isa::kMaxTextLength / 4;  // escapes take up to four
    std::size_t length = std::min(node.name.size(), kMost);
    while (length > 0 && length < node.name.size() && (node.name[length] & 0xc0) == 0x80) --length;
    return node.name.substr(0, length);
  }

  /// Communication that took its time when it was recorded, takes it again.
  Work recorded(const Node& node) {
    if (node.duration_micros > 0) ++tally_.recorded;
    return {ld, lasting(node)};
  }

  /// The trace has no addresses: every node has a place of its own.
  isa::Operand memory(std::uint64_t bytes) {
    isa::Operand operand;
    operand.space = isa::Space::dram;
    operand.address = shared_.next_free;
    shared_.next_free += static_cast<Address>(clipped(bytes) + 63) / 64 * 64;
    return operand;
  }

  Work move(const Node& node, Queue queue) {
    isa::Opaque opaque;
    opaque.at = memory(node.number("tensor_size"));
    opaque.note = note_of(node);
    (queue == ld ? opaque.bytes_read : opaque.bytes_written) = clipped(node.number("tensor_size"));
    return {queue, opaque};
  }

  template <class Op>
  Work peer(const Node& node, const char* attribute) {
    if (node.duration_micros > 0 || node.number("comm_size") == 0) return recorded(node);
    Op op;
    if constexpr (std::is_same_v<Op, isa::Send>) {
      op.src = memory(node.number("comm_size"));
    } else {
      op.dst = memory(node.number("comm_size"));
    }
    op.peer = static_cast<std::uint16_t>(std::min<std::uint64_t>(node.number(attribute), 0xffff));
    op.bytes = clipped(node.number("comm_size"));
    op.tag = static_cast<std::uint32_t>(node.number("comm_tag"));
    return {std::is_same_v<Op, isa::Send> ? st : ld, op};
  }

  Work collective(const Node& node) {
    const auto kind = coll_kind(node.number("comm_type"));
    if (!kind || node.number("comm_size") == 0) ++tally_.no_counterpart;
    if (!kind || node.duration_micros > 0 || node.number("comm_size") == 0) return recorded(node);
    isa::Coll coll;
    coll.kind = *kind;
    coll.src = coll.dst = memory(node.number("comm_size"));
    coll.bytes = clipped(node.number("comm_size"));
    coll.type = isa::DataType::i8;
    coll.group =
        shared_.groups.try_emplace(node.group, static_cast<std::uint32_t>(shared_.groups.size()))
            .first->second;
    return {ld, coll};
  }

  const Rank& rank_;
  Shared& shared_;
  Tally& tally_;
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

void warn(const std::string& name, const Tally& tally, std::vector<Diagnostic>& warnings) {
  const auto say = [&](std::int64_t count, const char* what) {
    if (count > 0) warnings.push_back({name, fmt::format("{} {}", count, what), {}});
  };
  say(tally.free, "nodes have no recorded duration and take no time");
  say(tally.recorded, "collectives, sends and receives take their recorded duration");
  say(tally.no_counterpart,
      "collectives have no counterpart or no size: they are their duration only");
  say(tally.missing, "dependencies name nodes that are not in the trace");
  say(tally.metadata, "metadata nodes are left out, their dependencies kept");
  say(tally.unknown, "nodes of other types (storage, batch, checkpoint) are left out");
}

}  // namespace

isa::MemoryProgram program_of(const std::string& name, const std::vector<Rank>& ranks,
                              std::vector<Diagnostic>& warnings) {
  Shared shared;
  std::vector<std::vector<isa::Instruction>> cores;
  for (const Rank& rank : ranks) cores.push_back(Scheduler{rank, shared}.schedule());
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
  warn(name, shared.tally, warnings);
  return program;
}

}  // namespace npulse::importers::chakra
