// SPDX-License-Identifier: Apache-2.0
// The checker against an oracle that tries every schedule of small random programs.
#include <catch2/catch.hpp>
#include <map>
#include <set>

#include "isa/checker.h"
#include "isa/footprint.h"
#include "isa/memory_program.h"
#include "tests/support/random.h"

using namespace npulse;
using namespace npulse::isa;

namespace {

constexpr std::size_t kQueues = 3;
constexpr std::int64_t kBytes = 64;

/// What every order in which the queues can execute has in common.
class Schedules {
 public:
  explicit Schedules(const MemoryProgram& program) {
    for (const auto& instruction : program.instructions(0))
      queues_[instruction.queue].push_back(instruction);
    explore({});
  }
  bool has_deadlock() const { return deadlock_; }
  bool has_race() const {
    for (const auto& [first, second] : executed_before_) {
      if (executed_before_.contains({second, first}) && conflicts(first, second)) return true;
    }
    return false;
  }

 private:
  using Position = std::array<std::size_t, kQueues>;  // executed of each queue
  using Name = std::pair<std::size_t, std::size_t>;   // queue, index

  void explore(const Position& at) {
    if (!seen_.insert(at).second) return;
    bool moved = false, left = false;
    for (std::size_t q = 0; q < kQueues; ++q) {
      if (at[q] == queues_[q].size()) continue;
      left = true;
      if (!met(queues_[q][at[q]], at)) continue;
      moved = true;
      note({q, at[q]}, at);
      Position next = at;
      ++next[q];
      explore(next);
    }
    deadlock_ = deadlock_ || (left && !moved);
  }

  bool met(const Instruction& instruction, const Position& at) const {
    std::map<EventId, std::int64_t> counts;
    for (std::size_t q = 0; q < kQueues; ++q) {
      for (std::size_t i = 0; i < at[q]; ++i) {
        for (const Signal& signal : queues_[q][i].signals) counts[signal.event] += signal.amount;
      }
    }
    return std::all_of(instruction.waits.begin(), instruction.waits.end(),
                       [&](const Wait& wait) { return counts[wait.event] >= wait.count; });
  }

  /// `name` executes at `at`: before all that has not executed yet.
  void note(const Name& name, const Position& at) {
    for (std::size_t q = 0; q < kQueues; ++q) {
      for (std::size_t i = at[q]; i < queues_[q].size(); ++i)
        executed_before_.insert({name, {q, i}});
    }
  }

  bool conflicts(const Name& a, const Name& b) const {
    std::vector<Access> left, right;
    append_footprint(queues_[a.first][a.second], 0, left);
    append_footprint(queues_[b.first][b.second], 0, right);
    return a != b && std::any_of(left.begin(), left.end(), [&](const Access& x) {
             return std::any_of(right.begin(), right.end(),
                                [&](const Access& y) { return conflict(x, y); });
           });
  }

  std::array<std::vector<Instruction>, kQueues> queues_;
  std::set<Position> seen_;
  std::set<std::pair<Name, Name>> executed_before_;
  bool deadlock_ = false;
};

/// Copies within dram on three queues; queue q alone signals event q.
MemoryProgram random_program(test::Random& random) {
  ProgramHeader header;
  header.queues = {{"a", QueueKind::dma}, {"b", QueueKind::dma}, {"c", QueueKind::dma}};
  header.events = {{"a", {}}, {"b", {}}, {"c", {}}};
  MemoryProgram program;
  program.begin(header);
  const auto count = random.between(2, 8);
  for (std::uint32_t line = 1; line <= count; ++line) {
    Dma dma;
    dma.src = {Space::dram, {}, static_cast<Address>(random.between(0, 3) * kBytes), {}};
    dma.dst = {Space::dram, {}, static_cast<Address>(random.between(4, 8) * kBytes), {}};
    if (random.coin()) std::swap(dma.src, dma.dst);
    dma.shape = {kBytes};
    Instruction instruction;
    instruction.operation = dma;
    instruction.queue = static_cast<std::uint16_t>(random.between(0, kQueues - 1));
    instruction.line = line;
    if (random.coin()) instruction.signals.push_back({instruction.queue, random.between(1, 2)});
    while (random.coin()) {
      instruction.waits.push_back(
          {static_cast<EventId>(random.between(0, kQueues - 1)), random.between(0, 3), {}});
    }
    program.put(0, instruction);
  }
  return program;
}

CheckTarget chip(const ProgramHeader& header) {
  CheckTarget target;
  target.queues = header.queues;
  target.dram_bytes = Bytes{1 << 20};
  target.units = {{QueueKind::dma, {Opcode::dma}, {}, {}}};
  return target;
}

bool any_error(const CheckReport& report, const std::string& word) {
  return std::any_of(report.errors.begin(), report.errors.end(), [&](const Diagnostic& d) {
    return d.message.find(word) != std::string::npos;
  });
}

}  // namespace

TEST_CASE("The checker finds a race or a deadlock exactly when some schedule shows it",
          "[isa][checker]") {
  test::Random random{21};
  int races = 0, deadlocks = 0, sound = 0;
  for (int round = 0; round < 3000; ++round) {
    const auto program = random_program(random);
    const Schedules oracle{program};
    const auto report = check(program, chip(program.header()));
    CAPTURE(round);
    REQUIRE(any_error(report, "waits for ever") == oracle.has_deadlock());
    if (oracle.has_deadlock()) {
      ++deadlocks;
      continue;  // the checker sees only what executes before it
    }
    REQUIRE(any_error(report, "race") == oracle.has_race());
    ++(oracle.has_race() ? races : sound);
  }
  REQUIRE(races > 200);
  REQUIRE(deadlocks > 200);
  REQUIRE(sound > 200);
}
