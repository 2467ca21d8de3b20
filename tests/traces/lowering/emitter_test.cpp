// SPDX-License-Identifier: Apache-2.0
#include "traces/lowering/emitter.h"

#include <algorithm>
#include <catch2/catch.hpp>

#include "isa/memory_program.h"
#include "tests/traces/lowering/targets.h"

using namespace npulse;
using namespace npulse::lowering;

namespace {

/// One core's emission, twice as lower() does it.
struct Bench {
  EventTable events;
  isa::EventId full = events.add("full"), free = events.add("free");
  isa::EventId all = events.add("all", isa::EventScope::chip);
  std::size_t lookahead = 0;
  Survey survey;

  template <class F>
  std::vector<isa::Instruction> emit(F body) {
    isa::MemoryProgram program;
    isa::ProgramHeader header;
    header.cores = 1;
    program.begin(header);
    for (isa::ProgramSink* sink :
         {static_cast<isa::ProgramSink*>(nullptr), static_cast<isa::ProgramSink*>(&program)}) {
      Emitter emitter{{0, assign_queues(test::large_target()), &events, lookahead, &survey, sink}};
      body(emitter);
      emitter.finish();
    }
    std::vector<isa::Instruction> out;
    const auto stream = program.open(0);
    for (isa::Instruction i; stream->next(i);) out.push_back(i);
    return out;
  }
};

isa::Opaque work(std::int64_t id) {
  isa::Opaque opaque;
  opaque.cycles = id;
  return opaque;
}

std::vector<std::int64_t> ids(const std::vector<isa::Instruction>& code) {
  std::vector<std::int64_t> list;
  for (const auto& i : code) {
    if (const auto* opaque = std::get_if<isa::Opaque>(&i.operation)) list.push_back(opaque->cycles);
  }
  return list;
}

}  // namespace

TEST_CASE("One region is what has one name, wherever the name is stored", "[lowering]") {
  const std::string first = "scores", second = "scores";
  Bench bench;
  const auto code = bench.emit([&](Emitter& e) {
    e.region(first);
    e.put(Role::matrix, work(0), {}, {});
    e.region(second);
    e.put(Role::matrix, work(1), {}, {});
  });
  const auto marks = std::count_if(code.begin(), code.end(), [](const isa::Instruction& i) {
    return std::holds_alternative<isa::Mark>(i.operation);
  });
  CHECK(marks == 1);
}

TEST_CASE("A wait means all signalled before it, once a queue", "[lowering]") {
  Bench bench;
  const auto code = bench.emit([&](Emitter& e) {
    e.put(Role::load, work(0), {bench.free}, {bench.full});
    e.put(Role::load, work(1), {}, {bench.full});
    e.put(Role::matrix, work(2), {bench.full}, {});
    e.put(Role::matrix, work(3), {bench.full}, {});
    e.put(Role::vector, work(4), {bench.full}, {});
  });
  CHECK(code[0].waits.empty());
  REQUIRE(code[2].waits.size() == 1);
  CHECK(code[2].waits[0].count == 2);
  CHECK(code[3].waits.empty());
  CHECK(code[4].waits.size() == 1);
}

TEST_CASE("Signals that nobody waits for are left out", "[lowering]") {
  Bench bench;
  const auto code = bench.emit([&](Emitter& e) {
    e.put(Role::load, work(0), {}, {bench.full, bench.free});
  });
  CHECK(code[0].signals.empty());
}

TEST_CASE("Loads move ahead of other work by the lookahead, but not past what they wait for",
          "[lowering]") {
  Bench bench;
  bench.lookahead = 2;
  const auto body = [&](Emitter& e) {
    for (std::int64_t i = 0; i < 4; ++i) {
      e.put(Role::load, work(i), {}, {});
      e.put(Role::matrix, work(100 + i), {}, {bench.free});
    }
    e.put(Role::load, work(4), {bench.free}, {});
  };
  CHECK(ids(bench.emit(body)) == std::vector<std::int64_t>{0, 1, 2, 100, 3, 101, 102, 103, 4});
}

TEST_CASE("A load that moved keeps its region", "[lowering]") {
  Bench bench;
  bench.lookahead = 1;
  const auto code = bench.emit([&](Emitter& e) {
    e.region("one");
    e.put(Role::load, work(0), {}, {});
    e.put(Role::matrix, work(1), {}, {});
    e.region("two");
    e.put(Role::load, work(2), {}, {});
    e.put(Role::matrix, work(3), {}, {});
  });
  std::vector<std::string> open;
  std::map<std::int64_t, std::string> region;
  for (const auto& i : code) {
    if (const auto* mark = std::get_if<isa::Mark>(&i.operation)) open.push_back(mark->name);
    if (i.opcode() == isa::Opcode::endmark) open.pop_back();
    if (const auto* opaque = std::get_if<isa::Opaque>(&i.operation))
      region[opaque->cycles] = open.back();
  }
  CHECK(open.empty());
  CHECK(region ==
        std::map<std::int64_t, std::string>{{0, "one"}, {1, "one"}, {2, "two"}, {3, "two"}});
}

TEST_CASE("After a round, chip-wide waits mean the signals of all cores", "[lowering]") {
  EventTable events;
  const auto all = events.add("all", isa::EventScope::chip);
  Survey survey;
  isa::MemoryProgram program;
  isa::ProgramHeader header;
  header.cores = 3;
  program.begin(header);
  for (isa::ProgramSink* sink :
       {static_cast<isa::ProgramSink*>(nullptr), static_cast<isa::ProgramSink*>(&program)}) {
    for (std::uint32_t core = 0; core < 3; ++core) {
      Emitter emitter{{core, assign_queues(test::large_target()), &events, 0, &survey, sink}};
      for (std::uint32_t i = 0; i <= core; ++i) emitter.put(Role::store, work(0), {}, {all});
      emitter.end_round(all);
      emitter.put(Role::matrix, work(1), {all}, {});
    }
  }
  for (std::uint32_t core = 0; core < 3; ++core) {
    CHECK(program.instructions(core).back().waits.at(0).count == 1 + 2 + 3);
  }
}
