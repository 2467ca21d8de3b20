// SPDX-License-Identifier: Apache-2.0
#include "arch/sequencer/sequencer.h"

#include <catch2/catch.hpp>

#include <array>
#include <utility>

#include "isa/memory_program.h"

using namespace npulse;
using namespace npulse::arch;

namespace {

/// Executes one instruction at a time; an opaque takes its cycles.
struct TimedUnit : Unit {
  void bind(UnitListener&) override {}
  bool can_start() const override { return !running; }
  void start(Ticket ticket, const isa::Instruction& instruction) override {
    running = ticket;
    cycles = Cycles{std::get<isa::Opaque>(instruction.operation).cycles};
    started = true;
  }
  const char* busy_with() const override { return "unit"; }
  std::optional<Ticket> running;
  Cycles cycles{}, done{};
  bool started = false;
};

struct Log : RunObserver {
  void region_entered(std::uint16_t core, RegionId region) override { entered.emplace_back(core, region); }
  void issued(QueueRef, RegionId, Cycles) override {}
  void finished(const InstructionRecord& record) override { records.push_back(record); }
  std::vector<std::pair<std::uint16_t, RegionId>> entered;
  std::vector<InstructionRecord> records;
};

/// Cores with queues `a` and `b`, run cycle by cycle without SystemC.
class Bench {
 public:
  explicit Bench(std::uint32_t count = 1) {
    header.cores = count;
    header.queues = {{"a", isa::QueueKind::vector}, {"b", isa::QueueKind::vector}};
    header.events = {{"ready", isa::EventScope::core}, {"all", isa::EventScope::chip}};
    code.resize(count);
  }

  isa::Instruction& work(std::uint32_t core, std::uint16_t queue, std::int64_t cycles) {
    isa::Instruction instruction;
    isa::Opaque opaque;
    opaque.cycles = cycles;
    instruction.operation = opaque;
    instruction.queue = queue;
    instruction.line = ++line_;
    code[core].push_back(instruction);
    return code[core].back();
  }
  void plain(std::uint32_t core, isa::Operation operation) {
    isa::Instruction instruction;
    instruction.operation = std::move(operation);
    instruction.line = ++line_;
    code[core].push_back(instruction);
  }

  /// Runs until all are idle or nothing has moved for a long time; returns the last cycle.
  Cycles run() {
    prepare();
    Cycles now{0};
    for (; now < Cycles{2000} && !idle(); ++now) cycle(now);
    for (auto& core : cores) core->close_accounts(now);
    return now;
  }
  /// Runs core 0 alone, stepped only when it asks to be, or when a unit is done.
  void run_woken() {
    prepare();
    std::optional<Cycles> wake{Cycles{0}};
    for (Cycles now{0}; now < Cycles{2000} && !idle(); ++now) {
      const auto before = log.records.size();
      for (std::uint16_t queue = 0; queue < 2; ++queue) finish(now, 0, queue);
      if (before == log.records.size() && (!wake || *wake > now)) continue;
      cores[0]->step(now);
      begin_work(now);
      wake = cores[0]->wake_at();
    }
  }
  bool idle() const {
    return std::all_of(cores.begin(), cores.end(), [](const auto& core) { return core->idle(); });
  }
  const InstructionRecord& record(std::uint32_t line) const {
    return *std::find_if(log.records.begin(), log.records.end(), [&](const auto& r) { return r.line == line; });
  }

  SequencerParams params{64, Cycles{0}, Cycles{0}};
  isa::ProgramHeader header;
  std::vector<std::vector<isa::Instruction>> code;
  isa::MemoryProgram program;
  std::optional<SharedState> shared;
  std::deque<std::array<TimedUnit, 2>> units;
  std::vector<std::unique_ptr<Sequencer>> cores;
  Log log;

 private:
  void prepare() {
    program.begin(header);
    for (std::uint32_t core = 0; core < header.cores; ++core) {
      for (const auto& instruction : code[core]) program.put(core, instruction);
    }
    shared.emplace(SharedState{{header.events, header.cores}, Barrier{header.cores}, {}});
    for (std::uint16_t core = 0; core < header.cores; ++core) {
      units.push_back({});
      std::vector<Unit*> pointers{&units.back()[0], &units.back()[1]};
      cores.push_back(std::make_unique<Sequencer>(params, core, program, pointers, *shared, log));
    }
  }
  void cycle(Cycles now) {
    for (std::uint16_t core = 0; core < cores.size(); ++core) {
      for (std::uint16_t queue = 0; queue < 2; ++queue) finish(now, core, queue);
    }
    for (bool again = true; again;) {
      again = false;
      for (auto& core : cores) again = core->step(now) || again;
    }
    begin_work(now);
  }
  void begin_work(Cycles now) {
    for (auto& pair : units) {
      for (TimedUnit& unit : pair) {
        if (std::exchange(unit.started, false)) unit.done = now + unit.cycles;
      }
    }
  }
  void finish(Cycles now, std::uint16_t core, std::uint16_t queue) {
    TimedUnit& unit = units[core][queue];
    if (!unit.running || unit.done > now) return;
    const Ticket ticket = *std::exchange(unit.running, std::nullopt);
    cores[core]->completed(now, queue, ticket, {});
  }

  std::uint32_t line_ = 0;
};

}  // namespace

TEST_CASE("Queues run concurrently, each in order", "[sequencer]") {
  Bench bench;
  bench.work(0, 0, 10);
  bench.work(0, 0, 5);
  bench.work(0, 1, 12);
  bench.run();
  REQUIRE(bench.record(1).finished == Cycles{10});
  REQUIRE(bench.record(2).finished == Cycles{15});
  REQUIRE(bench.record(3).finished == Cycles{12});
}

TEST_CASE("A wait holds its instruction until the event is high enough, and blames the signaller", "[sequencer]") {
  Bench bench;
  bench.work(0, 0, 10).signals = {{0, 1}};
  bench.work(0, 0, 20).signals = {{0, 2}};
  bench.work(0, 1, 5).waits = {{0, 3, {}}};
  bench.run();
  REQUIRE(bench.record(3).issued == Cycles{30});
  const QueueAccount& account = bench.cores[0]->queues()[1].account();
  REQUIRE(account.total(QueueState::wait_data) == Cycles{30});
  REQUIRE(account.blamed(QueueState::wait_data).at("c0.a") == Cycles{30});
  REQUIRE(account.total(QueueState::busy) == Cycles{5});
}

TEST_CASE("Signals take signal_cycles to be seen", "[sequencer]") {
  Bench bench;
  bench.params.signal_cycles = Cycles{4};
  bench.work(0, 0, 10).signals = {{0, 1}};
  bench.work(0, 1, 1).waits = {{0, 1, {}}};
  bench.run();
  REQUIRE(bench.record(2).issued == Cycles{14});
}

TEST_CASE("A full queue stalls dispatch of everything behind it", "[sequencer]") {
  Bench bench;
  bench.params.queue_depth = 2;
  for (int i = 0; i < 5; ++i) bench.work(0, 0, 10);
  bench.work(0, 1, 1);
  bench.run();
  // Two wait and one executes: the fifth enters when the second begins, at 20; then line 6 follows.
  REQUIRE(bench.record(6).issued == Cycles{20});
}

TEST_CASE("Dispatch goes on every dispatch_cycles, whatever the units do", "[sequencer]") {
  Bench bench;
  bench.params.dispatch_cycles = Cycles{3};
  bench.work(0, 0, 100);
  bench.work(0, 0, 1);
  bench.work(0, 1, 10);
  bench.run_woken();
  REQUIRE(bench.record(3).finished == bench.params.dispatch_cycles * 2 + Cycles{10});
  REQUIRE(bench.record(2).finished == Cycles{101});
}

TEST_CASE("Core events are each core's own, chip events are shared", "[sequencer]") {
  Bench bench{2};
  bench.work(0, 0, 10).signals = {{0, 1}, {1, 1}};
  bench.work(1, 0, 30).signals = {{0, 1}, {1, 1}};
  bench.work(0, 1, 1).waits = {{0, 1, {}}};
  bench.work(0, 1, 1).waits = {{1, 2, {}}};
  bench.run();
  REQUIRE(bench.record(3).issued == Cycles{10});
  REQUIRE(bench.record(4).issued == Cycles{30});
}

TEST_CASE("A core barrier drains the core, a chip barrier all of them", "[sequencer]") {
  Bench bench{2};
  bench.work(0, 0, 10);
  bench.plain(0, isa::Bar{isa::BarScope::core});
  bench.work(0, 1, 1);
  bench.plain(0, isa::Bar{isa::BarScope::chip});
  bench.work(0, 1, 1);
  bench.work(1, 0, 50);
  bench.plain(1, isa::Bar{isa::BarScope::chip});
  bench.work(1, 0, 1);
  bench.run();
  REQUIRE(bench.record(3).issued == Cycles{10});
  REQUIRE(bench.record(5).issued == Cycles{50});
  REQUIRE(bench.record(8).issued == Cycles{50});
}

TEST_CASE("Loops repeat and marks name regions with their path", "[sequencer]") {
  Bench bench;
  bench.plain(0, isa::Mark{"layer"});
  bench.plain(0, isa::Loop{3});
  bench.plain(0, isa::Mark{"mlp"});
  bench.work(0, 0, 4);
  bench.plain(0, isa::EndMark{});
  bench.plain(0, isa::EndLoop{});
  bench.plain(0, isa::EndMark{});
  bench.run();
  REQUIRE(bench.log.records.size() == 3);
  REQUIRE(bench.log.records.back().finished == Cycles{12});
  REQUIRE(bench.shared->regions.name(bench.log.records[0].region) == "layer/mlp");
  REQUIRE(bench.log.entered.size() == 4);
}

TEST_CASE("A stuck core says who waits for what and where", "[sequencer]") {
  Bench bench;
  bench.work(0, 0, 10).signals = {{0, 1}};
  bench.work(0, 1, 1).waits = {{0, 2, {}}};
  bench.run();
  REQUIRE_FALSE(bench.idle());
  const std::string state = bench.cores[0]->describe_state();
  REQUIRE_THAT(state, Catch::Contains("b at line 2 (opaque) waits for ready >= 2, which is 1"));
  REQUIRE_THAT(state, Catch::Contains("last signalled by c0.a at line 1"));
}

TEST_CASE("The accounts of every queue sum to the run", "[sequencer]") {
  Bench bench{2};
  for (int i = 0; i < 20; ++i) {
    bench.work(0, 0, 3 + i % 5).signals = {{0, 1}, {1, 1}};
    bench.work(0, 1, 7 - i % 3).waits = {{0, i + 1, {}}};
    bench.work(1, 0, 4).waits = {{1, i + 1, {}}};
  }
  const Cycles total = bench.run();
  REQUIRE(bench.idle());
  for (const auto& core : bench.cores) {
    for (const IssueQueue& queue : core->queues()) {
      Cycles sum{0};
      for (const auto& state : enum_names(QueueState{})) sum += queue.account().total(state.value);
      REQUIRE(sum == total);
    }
  }
}
