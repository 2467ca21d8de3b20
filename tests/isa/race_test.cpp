// SPDX-License-Identifier: Apache-2.0
// Random programs against an oracle that knows order only as paths in a graph.
#include <bitset>
#include <catch2/catch.hpp>

#include "isa/checker.h"
#include "isa/footprint.h"
#include "isa/memory_program.h"
#include "tests/support/random.h"

using namespace npulse;
using namespace npulse::isa;

namespace {

constexpr std::uint16_t kCores = 2, kQueues = 3;
constexpr std::size_t kInstructions = 60;
constexpr std::int64_t kSpmBytes = 96;
using Set = std::bitset<kInstructions>;

/// What each instruction conflicts with, waits for and comes after.
struct RandomProgram {
  struct Node {
    std::uint16_t core, queue;
    Instruction instruction;
    std::vector<Access> accesses;
    std::vector<std::size_t> waits_for;  ///< One wait each: the node whose signal it needs.
  };
  SyncMode sync;
  std::vector<Node> nodes;  ///< In an order that is a valid sequential execution.

  bool same_queue(std::size_t a, std::size_t b) const {
    return nodes[a].core == nodes[b].core && nodes[a].queue == nodes[b].queue;
  }
  bool conflicts(std::size_t a, std::size_t b) const {
    for (const Access& x : nodes[a].accesses) {
      for (const Access& y : nodes[b].accesses) {
        if (conflict(x, y)) return true;
      }
    }
    return false;
  }
  /// sync=hazard orders these without an event.
  bool scoreboard_orders(std::size_t a, std::size_t b) const {
    return sync == SyncMode::hazard && nodes[a].core == nodes[b].core && conflicts(a, b);
  }
};

Operand place(test::Random& random) {
  Operand operand;
  operand.address = static_cast<Address>(random.between(0, kSpmBytes - 40));
  if (random.between(0, 3) == 0)
    operand.core = static_cast<std::uint16_t>(random.between(0, kCores - 1));
  return operand;
}

Dma random_dma(test::Random& random) {
  Dma dma;
  if (random.between(0, 3) == 0) {  // more runs than the checker keeps one by one
    dma.shape = {random.between(17, 20), 1};
    dma.dst_stride = {2, 1};
  } else {
    dma.shape = {random.between(1, 2), random.between(1, 6)};
    dma.dst_stride = {random.between(6, 14), 1};
  }
  dma.src = place(random);
  if (random.coin()) dma.src.space = Space::dram;
  if (dma.src.space == Space::dram) dma.src.core.reset();
  dma.dst = place(random);
  if (random.between(0, 5) == 0) dma.multicast = 3;
  return dma;
}

/// Every conflict is ordered: by its queue, by the scoreboard, or by a wait.
RandomProgram random_program(test::Random& random, SyncMode sync) {
  RandomProgram program{sync, {}};
  for (std::size_t i = 0; i < kInstructions; ++i) {
    RandomProgram::Node node;
    node.core = static_cast<std::uint16_t>(random.between(0, kCores - 1));
    node.queue = static_cast<std::uint16_t>(random.between(0, kQueues - 1));
    node.instruction = {random_dma(random), node.queue, {}, {}, 0};
    append_footprint(node.instruction, node.core, node.accesses);
    program.nodes.push_back(std::move(node));
    for (std::size_t older = 0; older < i; ++older) {
      if (program.same_queue(older, i) || program.scoreboard_orders(older, i)) continue;
      if (program.conflicts(older, i)) program.nodes[i].waits_for.push_back(older);
    }
  }
  return program;
}

/// For each node all that surely happens before it.
std::vector<Set> happens_before(const RandomProgram& program) {
  std::vector<Set> before(program.nodes.size());
  for (std::size_t i = 0; i < program.nodes.size(); ++i) {
    const auto after = [&](std::size_t older) { before[i] |= before[older] | Set{}.set(older); };
    for (std::size_t older = 0; older < i; ++older) {
      if (program.same_queue(older, i) || program.scoreboard_orders(older, i)) after(older);
    }
    for (const std::size_t older : program.nodes[i].waits_for) after(older);
  }
  return before;
}

bool has_race(const RandomProgram& program) {
  const auto before = happens_before(program);
  for (std::size_t i = 0; i < program.nodes.size(); ++i) {
    for (std::size_t older = 0; older < i; ++older) {
      if (!before[i].test(older) && program.conflicts(older, i)) return true;
    }
  }
  return false;
}

/// One chip-wide event a queue, signalled by each of its instructions; all scratchpads are written
/// before the first.
MemoryProgram assembled(const RandomProgram& random) {
  MemoryProgram program;
  ProgramHeader header;
  header.cores = kCores;
  header.sync = random.sync;
  for (int i = 0; i < kQueues; ++i)
    header.queues.push_back({"q" + std::to_string(i), QueueKind::dma});
  for (int i = 0; i < kCores * kQueues; ++i) {
    header.events.push_back({"e" + std::to_string(i), EventScope::chip});
  }
  program.begin(header);
  for (std::uint16_t core = 0; core < kCores; ++core) {
    Dma fill;
    fill.src.space = Space::dram;
    fill.shape = {kSpmBytes};
    program.put(core, {fill, 0, {}, {}, 0});
    program.put(core, {Bar{BarScope::chip}, kNoQueue, {}, {}, 0});
  }
  std::vector<std::int64_t> signalled(header.events.size());
  std::vector<std::int64_t> count_after;
  for (const auto& node : random.nodes) {
    const auto event = static_cast<EventId>(node.core * kQueues + node.queue);
    Instruction instruction = node.instruction;
    for (const std::size_t older : node.waits_for) {
      const auto& from = random.nodes[older];
      instruction.waits.push_back(
          {static_cast<EventId>(from.core * kQueues + from.queue), count_after[older], {}});
    }
    instruction.signals = {{event, 1}};
    count_after.push_back(++signalled[event]);
    program.put(node.core, instruction);
  }
  return program;
}

CheckReport check_random(const RandomProgram& random, std::size_t depth) {
  const MemoryProgram program = assembled(random);
  CheckTarget target;
  target.name = "random";
  target.cores = kCores;
  target.queues = program.header().queues;
  target.spm_bytes = Bytes{kSpmBytes};
  target.dram_bytes = Bytes{1 << 20};
  target.units = {{QueueKind::dma, {Opcode::dma}, {}, {}}};
  target.queue_depth = depth;
  return check(program, target);
}

std::string texts(const std::vector<Diagnostic>& findings) {
  std::string all;
  for (const Diagnostic& finding : findings) all += finding.text() + "\n";
  return all;
}

}  // namespace

TEST_CASE("A random program whose conflicts are all ordered passes", "[isa][checker]") {
  const auto sync = GENERATE(SyncMode::explicit_, SyncMode::hazard);
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    CAPTURE(seed);
    test::Random random{seed};
    const RandomProgram program = random_program(random, sync);
    const auto depth = static_cast<std::size_t>(random.between(1, 8));
    REQUIRE_FALSE(has_race(program));
    REQUIRE(texts(check_random(program, depth).errors) == "");
  }
}

TEST_CASE("Without one wait a race is found exactly if the others do not imply it",
          "[isa][checker]") {
  const auto sync = GENERATE(SyncMode::explicit_, SyncMode::hazard);
  int racy = 0, implied = 0;
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    CAPTURE(seed);
    test::Random random{seed};
    RandomProgram program = random_program(random, sync);
    auto& node = program.nodes[static_cast<std::size_t>(random.between(1, kInstructions - 1))];
    if (node.waits_for.empty()) continue;
    const std::int64_t last = static_cast<std::int64_t>(node.waits_for.size()) - 1;
    // Recent ones are seldom implied by others.
    node.waits_for.erase(node.waits_for.begin() + (random.coin() ? last : random.between(0, last)));
    const bool expected = has_race(program);
    const auto depth = static_cast<std::size_t>(random.between(1, 8));
    const CheckReport report = check_random(program, depth);
    CAPTURE(texts(report.errors));
    REQUIRE((report.error_count > 0) == expected);
    (expected ? racy : implied)++;
  }
  INFO(racy << " racy, " << implied << " implied");
  REQUIRE(racy > 20);
  REQUIRE(implied > 20);
}
