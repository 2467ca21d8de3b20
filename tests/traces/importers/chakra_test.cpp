// SPDX-License-Identifier: Apache-2.0
// Chakra traces as programs: what each node becomes, that no dependency is lost, and what is wrong.
#include "traces/importers/chakra.h"

#include <array>
#include <catch2/catch.hpp>
#include <map>
#include <set>

#include "isa/text/disassembler.h"
#include "tests/support/chakra_writer.h"
#include "tests/support/gzip.h"
#include "tests/support/random.h"
#include "tests/support/temp_dir.h"

using namespace npulse;
using namespace npulse::importers;
using test::ChakraNode;

namespace {

struct Import {
  isa::MemoryProgram program;
  std::string warnings;
};

Import taken(Imported imported) {
  std::string warnings;
  for (const Diagnostic& warning : imported.warnings) warnings += warning.text() + "\n";
  return {std::get<isa::MemoryProgram>(std::move(imported.product)), warnings};
}

Import import_nodes(const std::vector<ChakraNode>& nodes) {
  return taken(import_chakra_bytes(test::chakra_trace(nodes), "t.et"));
}

std::string fault_in(const std::string& bytes) {
  try {
    import_chakra_bytes(bytes, "t.et");
  } catch (const InputError& error) {
    return error.faults().front().text();
  }
  return "";
}

std::vector<std::string> lines_of(const isa::MemoryProgram& program) {
  std::vector<std::string> lines;
  for (const auto& instruction : program.instructions(0)) {
    lines.push_back(isa::to_text(instruction, program.header()));
  }
  return lines;
}

ChakraNode compute(std::uint64_t id, std::uint64_t micros, std::vector<std::uint64_t> after = {},
                   bool cpu = false) {
  return {.id = id,
          .name = "n" + std::to_string(id),
          .dependencies = std::move(after),
          .duration = micros,
          .numbers = {{"is_cpu_op", cpu ? 1u : 0u}}};
}

}  // namespace

TEST_CASE("Each kind of node becomes an instruction on the queue of its work",
          "[importers][chakra]") {
  const Import import = import_nodes(
      {{.id = 0, .name = "w", .type = 2, .numbers = {{"tensor_size", 4096}}},
       compute(1, 5, {0}),
       {.id = 2,
        .name = "sum",
        .type = 7,
        .dependencies = {1},
        .numbers = {{"comm_type", 0}, {"comm_size", 65536}},
        .group = "all"},
       compute(3, 2, {2}, true),
       {.id = 4, .name = "out", .type = 3, .dependencies = {3}, .numbers = {{"tensor_size", 64}}},
       {.id = 5,
        .name = "to",
        .type = 5,
        .dependencies = {4},
        .numbers = {{"comm_size", 128}, {"comm_dst", 3}, {"comm_tag", 7}}}});
  CHECK(
      lines_of(import.program) ==
      std::vector<std::string>{
          "ld: opaque bytes_read=4096 note=\"w\" signal ld_done+1",
          "mx: opaque cycles=5000 note=\"n1\" wait ld_done>=1 signal mx_done+1",
          "ld: coll all_reduce src=dram:0x1000 dst=dram:0x1000 bytes=65536 type=i8 wait mx_done>=1 "
          "signal ld_done+1",
          "vec: opaque cycles=2000 note=\"n3\" wait ld_done>=2 signal vec_done+1",
          "st: opaque bytes_written=64 at=dram:0x11000 note=\"out\" wait vec_done>=1 signal "
          "st_done+1",
          "st: send src=dram:0x11040 peer=3 bytes=128 tag=7 wait st_done>=1 signal st_done+1"});
  CHECK(import.program.header().cores == 1);
}

TEST_CASE("Every dependency is kept by queue order or a wait", "[importers][chakra]") {
  test::Random random{81};
  for (int round = 0; round < 200; ++round) {
    std::vector<ChakraNode> nodes;
    const auto count = static_cast<std::uint64_t>(random.between(1, 60));
    for (std::uint64_t id = 0; id < count; ++id) {
      ChakraNode node = compute(id, 1, {}, random.coin());
      node.type = static_cast<std::uint64_t>(random.between(1, 4));
      node.start = static_cast<std::uint64_t>(random.between(0, 20));
      node.packed = random.coin();
      for (int i = 0; id > 0 && i < random.between(0, 3); ++i) {
        node.dependencies.push_back(
            static_cast<std::uint64_t>(random.between(0, static_cast<std::int64_t>(id) - 1)));
      }
      nodes.push_back(node);
    }
    const isa::MemoryProgram program = import_nodes(nodes).program;

    // Instructions that are surely over when the one with a note begins: what it and those before
    // it on its queue waited for, and all that those imply.
    std::map<std::string, std::set<std::string>> over_before;
    std::map<std::uint16_t, std::set<std::string>> over;
    std::map<isa::EventId, std::vector<std::string>> signalled;
    for (const auto& instruction : program.instructions(0)) {
      auto& known = over[instruction.queue];
      for (const isa::Wait& wait : instruction.waits) {
        const std::string& last =
            signalled[wait.event].at(static_cast<std::size_t>(wait.count - 1));
        known.insert(last);
        known.insert(over_before[last].begin(), over_before[last].end());
        for (const std::string& earlier : signalled[wait.event]) {
          known.insert(earlier);
          if (earlier == last) break;
        }
      }
      const std::string note = std::get<isa::Opaque>(instruction.operation).note;
      over_before[note] = known;
      for (const auto& signal : instruction.signals) signalled[signal.event].push_back(note);
      // Units do one thing at a time, but for DMA engines.
      if (program.header().queues[instruction.queue].kind != isa::QueueKind::dma) {
        known.insert(note);
      }
    }
    // Metadata nodes have no instruction: what needs them needs what they need.
    std::map<std::string, std::set<std::string>> required;
    for (const ChakraNode& node : nodes) {
      for (const std::uint64_t id : node.dependencies) {
        const ChakraNode& before = nodes[static_cast<std::size_t>(id)];
        const auto& through = required[before.name];
        if (before.type == 1) {
          required[node.name].insert(through.begin(), through.end());
        } else {
          required[node.name].insert(before.name);
        }
      }
      if (node.type == 1) continue;
      for (const std::string& before : required[node.name]) {
        CAPTURE(node.name, before);
        REQUIRE(over_before[node.name].contains(before));
      }
    }
  }
}

TEST_CASE("What has no cost or counterpart is counted", "[importers][chakra]") {
  const Import import =
      import_nodes({compute(0, 0),
                    {.id = 1, .type = 7, .duration = 9, .numbers = {{"comm_type", 9}}},
                    {.id = 2, .type = 1},
                    {.id = 3, .type = 8},
                    compute(4, 1, {77})});
  for (const char* says : {"1 nodes have no recorded duration", "1 collectives have no counterpart",
                           "1 collectives, sends and receives take", "1 dependencies name nodes",
                           "1 metadata nodes", "1 nodes of other types"}) {
    CHECK_THAT(import.warnings, Catch::Contains(says));
  }
  CHECK(import.program.instructions(0).size() == 3);
}

TEST_CASE("A folder has a core a rank, in the order of their numbers", "[importers][chakra]") {
  const tests::TempDir folder;
  for (int rank = 10; rank >= 0; --rank) {
    const auto micros = static_cast<std::uint64_t>(rank + 1);
    const std::string trace = test::chakra_trace({compute(0, micros)});
    tests::write_file(folder / ("net." + std::to_string(rank) + ".et"),
                      rank == 2 ? tests::gzip(trace) : trace);
  }
  const isa::MemoryProgram program = taken(import_chakra(folder.path().string(), {})).program;
  REQUIRE(program.header().cores == 11);
  for (std::uint32_t core = 0; core < 11; ++core) {
    const auto& opaque = std::get<isa::Opaque>(program.instructions(core).at(0).operation);
    CHECK(opaque.cycles == (core + 1) * 1000);
  }
}

TEST_CASE("A folder that lacks a rank, or has one twice, is refused by its number",
          "[importers][chakra]") {
  const auto fault_of = [](std::initializer_list<const char*> names) {
    const tests::TempDir folder;
    for (const char* name : names) {
      tests::write_file(folder / name, test::chakra_trace({compute(0, 1)}));
    }
    try {
      import_chakra(folder.path().string(), {});
    } catch (const InputError& error) {
      return error.faults().front().text();
    }
    return std::string{};
  };
  CHECK(fault_of({"a.0.et", "longer.1.et"}).empty());
  CHECK_THAT(fault_of({"a.0.et", "a.2.et"}), Catch::Contains("holds no trace of rank 1"));
  CHECK_THAT(fault_of({"a.0.et", "b.0.et"}), Catch::Contains("holds two traces of rank 0"));
  CHECK_THAT(fault_of({"a.0.et", "a.et"}), Catch::Contains("a.et: does not say its rank"));
  CHECK_THAT(fault_of({}), Catch::Contains("holds no trace (.et)"));
}

TEST_CASE("Damaged and impossible traces are refused by the byte", "[importers][chakra]") {
  const std::string metadata = test::delimited(test::text_field(1, "0.0.4"));
  CHECK_THAT(fault_in(""), Catch::Contains("t.et: is empty"));
  CHECK_THAT(fault_in(metadata), Catch::Contains("t.et: holds no node"));
  CHECK_THAT(fault_in(metadata + "\x70"), Catch::Contains("t.et:byte 9: 112 bytes are to come"));
  CHECK_THAT(fault_in(metadata + test::delimited("\x0b")),
             Catch::Contains("t.et:byte 9: is no field"));
  CHECK_THAT(fault_in(metadata + test::delimited(std::string{'\x08'} + std::string(11, '\xff'))),
             Catch::Contains("more than 64 bits"));
  CHECK_THAT(fault_in(test::chakra_trace({compute(1, 1), compute(1, 1)})),
             Catch::Contains("node 1 is there twice"));
  CHECK_THAT(fault_in(test::chakra_trace({compute(1, 1, {2}), compute(2, 1, {1})})),
             Catch::Contains("node 1 ('n1') depends on itself, or on a cycle"));
  CHECK_THAT(fault_in(tests::gzip(test::chakra_trace({compute(1, 1)})).substr(0, 30)),
             Catch::Contains("damaged gzip"));
  CHECK_THAT(fault_in(metadata + test::delimited(test::text_field(2, "\xff"))),
             Catch::Contains("not UTF-8"));
  CHECK_THROWS_WITH(import_chakra("/nowhere.et", {}), Catch::Contains("cannot be read"));
}
