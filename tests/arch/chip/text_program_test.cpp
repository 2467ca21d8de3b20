// SPDX-License-Identifier: Apache-2.0
// Programs written by hand take the cycles that one works out by hand: events, barriers, loops with
// double buffering, hazards found by the scoreboard, copies between cores.
#include <fmt/format.h>

#include <catch2/catch.hpp>

#include "tests/support/runs.h"

using namespace npulse;
using namespace npulse::arch;
using namespace npulse::test;

namespace {

const std::string kQueues = R"(.queue ld dma
.queue st dma
.queue mx matrix
.queue vec vector
)";

std::string program(const std::string& header, const std::string& code, int cores = 1) {
  std::string text =
      ".npu 1.0\n.target edu-8x8\n" + header + fmt::format(".cores {}\n", cores) + kQueues;
  const auto events = [&](const char* scope) {
    text += fmt::format(".event a {0}\n.event b {0}\n", scope);
  };
  events(cores > 1 ? "chip" : "core");
  return text + code;
}

/// The small chip, `cores` times, with dispatch and signals that cost nothing.
Chip chip_with(int cores) {
  return load_chip("edu-8x8", {{},
                               {fmt::format("cores={}", cores), "sequencer.dispatch_cycles=0",
                                "sequencer.signal_cycles=0"}});
}

Cycles cycles_of(const std::string& text, int cores = 1) {
  return run_text(text, chip_with(cores)).cycles;
}

}  // namespace

TEST_CASE("Instructions of one queue follow each other, those of two overlap", "[text]") {
  const std::string one = "mx: opaque cycles=70\n", other = "vec: opaque cycles=40\n";
  CHECK(cycles_of(program("", "core 0 {\n" + one + one + "}\n")) == Cycles{140});
  CHECK(cycles_of(program("", "core 0 {\n" + one + other + "}\n")) == Cycles{70});
}

TEST_CASE("An event makes the consumer wait for the producer, and blames it", "[text]") {
  const Report report = run_text(program("", R"(core 0 {
  mx: opaque cycles=70 signal a+1
  vec: opaque cycles=40 wait a>=1
}
)"),
                                 chip_with(1));
  CHECK(report.cycles == Cycles{70 + 40});
  const QueueReport& vec = queue(report, "c0.vec");
  CHECK(vec.busy == Cycles{40});
  CHECK(vec.wait_data_for == std::map<std::string, Cycles>{{"c0.mx", Cycles{70}}});
}

TEST_CASE("A doubly buffered loop takes its slower side, and the faster side once", "[text]") {
  const std::int64_t turns = 50;
  for (const auto& [load, compute] : {std::pair{30, 50}, std::pair{50, 30}, std::pair{40, 40}}) {
    const auto text = program("", fmt::format(R"(core 0 {{
  loop {} {{
    vec: opaque cycles={} wait b>=-1(+1) signal a+1
    mx: opaque cycles={} wait a>=1(+1) signal b+1
  }}
}}
)",
                                              turns, load, compute));
    CAPTURE(load, compute);
    CHECK(cycles_of(text) == Cycles{turns * std::max(load, compute) + std::min(load, compute)});
  }
}

TEST_CASE("A loop in a loop counts its turns out", "[text]") {
  const auto text = program("", R"(core 0 {
  loop 3 {
    mx: opaque cycles=5
    loop 4 {
      mx: opaque cycles=7
    }
  }
}
)");
  CHECK(cycles_of(text) == Cycles{3 * (5 + 4 * 7)});
}

TEST_CASE("A barrier of a core waits for all of its queues", "[text]") {
  const auto text = program("", R"(core 0 {
  mx: opaque cycles=70
  vec: opaque cycles=40
  bar core
  vec: opaque cycles=40
}
)");
  CHECK(cycles_of(text) == Cycles{70 + 40});
}

TEST_CASE("A barrier of the chip waits for the slowest core", "[text]") {
  const auto text = program("", R"(core 0 {
  mx: opaque cycles=1000
  bar chip
  mx: opaque cycles=5
}
core 1 {
  mx: opaque cycles=10
  bar chip
  mx: opaque cycles=90
}
)",
                            2);
  CHECK(cycles_of(text, 2) == Cycles{1000 + 90});
}

TEST_CASE("An event of the chip is seen by every core", "[text]") {
  const auto text = program("", R"(core 0 {
  mx: opaque cycles=100 signal a+1
}
core 1 {
  mx: opaque cycles=10 wait a>=1
}
)",
                            2);
  CHECK(cycles_of(text, 2) == Cycles{100 + 10});
}

TEST_CASE("The scoreboard orders what events would order, in the same cycles", "[text]") {
  const auto code = [](const char* signal, const char* wait) {
    return fmt::format(R"(core 0 {{
  ld: dma dst=spm:0x0 src=dram:0x0 shape=[128,8] {}
  mx: mm a=spm:0x0 b=spm:0x0 c=acc:0x0 m=64 n=8 k=8 {}
}}
)",
                       signal, wait);
  };
  const Cycles by_events = cycles_of(program("", code("signal a+1", "wait a>=1")));
  const Cycles by_hazards = cycles_of(program(".sync hazard\n", code("", "")));
  CHECK(by_hazards == by_events);
}

TEST_CASE("Without a hazard the scoreboard holds nothing up", "[text]") {
  const auto text = [](const char* place) {
    return program(".sync hazard\n", fmt::format(R"(core 0 {{
  ld: dma dst=spm:0x0 src=dram:0x0 shape=[1024]
  bar core
  ld: dma dst=spm:{} src=dram:0x8000 shape=[4096]
  mx: mm a=spm:0x0 b=spm:0x0 c=acc:0x0 m=64 n=8 k=8
}}
)",
                                                 place));
  };
  const Report apart = run_text(text("0x1000"), chip_with(1)),
               same = run_text(text("0x0"), chip_with(1));
  CHECK(queue(apart, "c0.mx").wait_data_for.count("c0.ld") == 0);
  CHECK(queue(same, "c0.mx").wait_data_for.count("c0.ld") == 1);
  CHECK(same.cycles >= apart.cycles + queue(same, "c0.mx").busy);
}

TEST_CASE("A copy between cores takes its bytes at the engine's rate, and no memory traffic",
          "[text]") {
  const auto copy = [](std::int64_t bytes) {
    return run_text(program("",
                            fmt::format(R"(core 0 {{
  ld: dma dst=spm:0x0 src=dram:0x0 shape=[32768]
  bar core
  mark "copy" {{
    ld: dma dst=spm@1:0x0 src=spm:0x0 shape=[{}]
  }}
}}
core 1 {{
}}
)",
                                        bytes),
                            2),
                    chip_with(2));
  };
  const Report one = copy(8192), two = copy(16384);
  const std::int64_t bytes_per_cycle = chip_with(2).params.dma.bytes_per_cycle;
  CHECK(two.cycles - one.cycles == Cycles{8192 / bytes_per_cycle});
  const RegionReport& region = two.regions.back();
  CHECK(region.name == "copy");
  CHECK(region.dram_read_bytes == 0);
  CHECK(region.dram_write_bytes == 0);
  CHECK(two.memory.bytes_read == 32768);
}
