// SPDX-License-Identifier: Apache-2.0
#include "isa/checker.h"

#include <catch2/catch.hpp>

#include "isa/text/assembler.h"

using namespace npulse;
using namespace npulse::isa;

namespace {

constexpr std::int64_t kSpm = 0x10000, kAcc = 0x4000;

CheckTarget chip(std::uint32_t cores = 2) {
  CheckTarget target;
  target.name = "toy";
  target.cores = cores;
  target.queues = {{"ld", QueueKind::dma},
                   {"st", QueueKind::dma},
                   {"mx", QueueKind::matrix},
                   {"ve", QueueKind::vector}};
  target.spm_bytes = Bytes{kSpm};
  target.acc_bytes = Bytes{kAcc};
  target.dram_bytes = Bytes{1 << 20};
  target.units = {{QueueKind::dma, {Opcode::dma}, {}, {}},
                  {QueueKind::matrix,
                   {Opcode::mm},
                   {DataType::i8, DataType::fp16},
                   {DataType::i32, DataType::fp32}},
                  {QueueKind::vector, {Opcode::vec}, {DataType::fp16, DataType::fp32}, {}}};
  target.queue_depth = 4;
  return target;
}

const std::string kQueues = ".queue ld dma\n.queue st dma\n.queue mx matrix\n.queue ve vector\n";

/// A program of one core and one event; its body begins at line 9.
std::string program(const std::string& body, const std::string& directives = ".sync explicit") {
  return ".npu 1.0\n" + directives + "\n" + kQueues + ".event a chip\ncore 0 {\n" + body + "\n}\n";
}

CheckReport report(const std::string& text, const CheckTarget& target = chip()) {
  return check(assemble(text, "t"), target);
}

std::string errors(const std::string& text, const CheckTarget& target = chip()) {
  std::string all;
  for (const auto& error : report(text, target).errors) all += error.text() + "\n";
  return all;
}

std::string warnings(const std::string& text) {
  std::string all;
  for (const auto& warning : report(text).warnings) all += warning.text() + "\n";
  return all;
}

const std::string kLoad = "ld: dma dst=spm:0 src=dram:0 shape=[64]";
const std::string kStore = "st: dma dst=dram:0x1000 src=spm:0 shape=[64]";

}  // namespace

TEST_CASE("A load, its use and a store that events order have no findings", "[isa][checker]") {
  const auto found = report(program(kLoad + " signal a+1\n" + kStore + " wait a>=1"));
  REQUIRE(found.errors.empty());
  REQUIRE(found.warnings.empty());
  REQUIRE(found.instructions == 2);
}

TEST_CASE("What nothing orders is a race, with both lines and the bytes", "[isa][checker]") {
  REQUIRE_THAT(errors(program(kLoad + "\n" + kStore)),
               Catch::Contains("t:10: race: dma of st reads spm bytes 0x0 to 0x3f of core 0, which "
                               "dma of ld of line 9 writes"));
  REQUIRE_THAT(errors(program(kLoad + " signal a+1\n" + kStore + " wait a>=1\n" + kLoad)),
               Catch::Contains("t:11: race: dma of ld writes spm bytes 0x0 to 0x3f of core 0, "
                               "which dma of st of line 10 reads"));
  REQUIRE(errors(program(kLoad + "\nbar core\n" + kStore)).empty());
  REQUIRE(errors(program(kLoad + "\n" + kLoad)).empty());  // one queue keeps its order
}

TEST_CASE("A wait orders only what was signalled up to its count", "[isa][checker]") {
  const std::string two =
      "ld: dma dst=spm:0 src=dram:0 shape=[64] signal a+1\n"
      "ld: dma dst=spm:64 src=dram:0 shape=[64] signal a+1\n";
  const std::string use = "st: dma dst=dram:0x1000 src=spm:64 shape=[64] wait a>=";
  REQUIRE_THAT(errors(program(two + use + "1")), Catch::Contains("race"));
  REQUIRE(errors(program(two + use + "2")).empty());
}

TEST_CASE("Double buffering by loop steps is clean, one credit too many is a race",
          "[isa][checker]") {
  const auto loop = [](int slack) {
    return ".npu 1.0\n" + kQueues +
           ".event full\n.event free\ncore 0 {\nloop 40 {\n"
           "ld: dma dst=spm:0(+0x100%2) src=dram:0(+0x100) shape=[256] wait free>=" +
           std::to_string(slack) +
           "(+1) signal full+1\n"
           "st: dma dst=dram:0x8000(+0x100) src=spm:0(+0x100%2) shape=[256] wait full>=1(+1) "
           "signal free+1\n}\n}\n";
  };
  REQUIRE(errors(loop(-1)).empty());
  REQUIRE_THAT(errors(loop(-2)), Catch::Contains("race"));
}

TEST_CASE("Every line is reported once, however often it runs", "[isa][checker]") {
  const auto found = report(program("loop 1000 {\n" + kLoad + "\n" + kStore + "\n}"));
  REQUIRE(found.error_count == 2);
}

TEST_CASE("Strided accesses of neighbouring columns are no race, of the same column they are",
          "[isa][checker]") {
  const auto tiles = [](int second) {
    return program(
        "ld: dma dst=spm:0 src=dram:0 shape=[4096] signal a+1\n"
        "ld: dma dst=dram:0x1000 src=spm:0 shape=[64,16] dst_stride=[256,1] wait a>=1\n"
        "st: dma dst=dram:" +
        std::to_string(0x1000 + second) + " src=spm:0 shape=[64,16] dst_stride=[256,1] wait a>=1");
  };
  REQUIRE(errors(tiles(16)).empty());
  REQUIRE_THAT(errors(tiles(15)), Catch::Contains("race"));
  REQUIRE_THAT(errors(tiles(15 + 256)), Catch::Contains("race"));
}

TEST_CASE("An access of unknown bytes may race, which is a warning", "[isa][checker]") {
  auto target = chip();
  target.units[2].opcodes.push_back(Opcode::xform);
  const auto found = report(program(kLoad +
                                    "\nld: dma dst=spm:64 src=dram:0 shape=[4]\nbar core\n"
                                    "ve: xform gather dst=spm:0x100 src=spm:0 index=spm:64 "
                                    "indices=1 shape=[8,4] type=fp16\n" +
                                    kLoad),
                            target);
  REQUIRE(found.errors.empty());
  REQUIRE_THAT(found.warnings.back().text(), Catch::Contains("possible race: dma of ld writes"));
}

TEST_CASE("Without any one of its waits a sound program is not sound", "[isa][checker]") {
  const std::vector<std::string> lines{
      "ld: dma dst=spm:0(+0x100%2) src=dram:0(+0x100) shape=[256] signal full+1| wait free>=-1(+1)",
      "ve: vec add dst=spm:0x1000(+0x100%2) x=spm:0(+0x100%2) cols=128 signal free+1,made+1| wait "
      "full>=1(+1),stored>=-1(+1)",
      "st: dma dst=dram:0x10000(+0x100) src=spm:0x1000(+0x100%2) shape=[256] signal stored+1| wait "
      "made>=1(+1)"};
  const auto text = [&](std::size_t without) {
    std::string body = ".npu 1.0\n" + kQueues +
                       ".event full\n.event free\n.event made\n.event stored\ncore 0 {\nloop 9 {\n";
    for (std::size_t i = 0; i < lines.size(); ++i) {
      const auto bar = lines[i].find('|');
      body += lines[i].substr(0, bar) + (i == without ? "" : lines[i].substr(bar + 1)) + "\n";
    }
    return body + "}\n}\n";
  };
  REQUIRE(errors(text(lines.size())).empty());
  for (std::size_t i = 0; i < lines.size(); ++i)
    REQUIRE_THAT(errors(text(i)), Catch::Contains("race"));
}

TEST_CASE("Cores race through dram and through each other's scratchpad", "[isa][checker]") {
  const auto cores = [](const std::string& first, const std::string& second) {
    return ".npu 1.0\n.cores 2\n" + kQueues + ".event a chip\ncore 0 {\n" + first +
           "\n}\ncore 1 {\n" + second + "\n}\n";
  };
  const std::string write = "ld: dma dst=dram:0 src=dram:0x100 shape=[64]";
  const std::string read = "ld: dma dst=spm:0 src=dram:32 shape=[64]";
  REQUIRE_THAT(errors(cores(write, read)),
               Catch::Contains("race") && Catch::Contains("dram bytes 0x20 to 0x3f"));
  REQUIRE(errors(cores(write + " signal a+1", read + " wait a>=1")).empty());
  REQUIRE(errors(cores(write + "\nbar chip", "bar chip\n" + read)).empty());
  REQUIRE_THAT(errors(cores("ld: dma dst=spm@1:0 src=dram:0 shape=[64]", read)),
               Catch::Contains("race"));
  REQUIRE_THAT(errors(cores("ld: dma dst=spm:0 src=dram:0x200 shape=[64] multicast=0x2", read)),
               Catch::Contains("race") && Catch::Contains("of core 1"));
}

TEST_CASE("Hazard mode orders a core, not the cores among each other", "[isa][checker]") {
  REQUIRE(errors(program(kLoad + "\n" + kStore + "\n" + kLoad, ".sync hazard")).empty());
  const std::string both = ".npu 1.0\n.sync hazard\n.cores 2\n" + kQueues + "core 0 {\n" + kLoad +
                           "\n" + kStore + "\n}\ncore 1 {\n" + kLoad + "\n" + kStore + "\n}\n";
  REQUIRE_THAT(errors(both), Catch::Contains("race") && Catch::Contains("dram bytes 0x1000"));
}

TEST_CASE("In hazard mode a signal of one queue does not cover what another has yet to do",
          "[isa][checker]") {
  const auto text = [](const std::string& second) {
    return ".npu 1.0\n.sync hazard\n.cores 2\n" + kQueues + ".event a chip\ncore 0 {\n" + kLoad +
           "\n" + second + " signal a+1\n}\ncore 1 {\n" +
           "st: dma dst=dram:0x1000 src=spm@0:0 shape=[64] wait a>=1\n}\n";
  };
  REQUIRE_THAT(errors(text("st: dma dst=spm:64 src=dram:0 shape=[64]")), Catch::Contains("race"));
  REQUIRE(errors(text("st: dma dst=spm:64 src=spm:0 shape=[64]")).empty());  // waits for the load
}

TEST_CASE("In hazard mode forgotten accesses are missed races, never false ones",
          "[isa][checker]") {
  const std::string text =
      ".npu 1.0\n.sync hazard\n.cores 2\n" + kQueues + ".event a chip\ncore 0 {\n" + kLoad +
      "\nloop 3000 {\n"
      "ld: dma dst=dram:0x0(+0x80) src=dram:0xc0000 shape=[32,1] dst_stride=[4,1]\n"
      "}\nst: dma dst=dram:0x80000 src=dram:0 shape=[1] signal a+1\n}\n"
      "core 1 {\nst: dma dst=dram:0x90000 src=spm@0:0 shape=[1] wait a>=1\n}\n";
  REQUIRE(errors(text).empty());
  REQUIRE_THAT(warnings(text), Catch::Contains("not all races were looked for"));
}

TEST_CASE("A program without queues may have barriers", "[isa][checker]") {
  REQUIRE(errors(".npu 1.0\ncore 0 {\nbar core\nbar chip\n}\n").empty());
}

TEST_CASE("In hazard mode a blocked load holds back what needs its bytes, and only that",
          "[isa][checker]") {
  const std::string text = ".npu 1.0\n.sync hazard\n.cores 2\n" + kQueues +
                           ".event a chip\n.event b chip\ncore 0 {\n" + kLoad + " wait a>=1\n" +
                           kStore +
                           "\n"
                           "ve: opaque cycles=5 signal b+1\n}\n"
                           "core 1 {\nld: opaque cycles=1 wait b>=1 signal a+1\n}\n";
  REQUIRE(errors(text).empty());
}

TEST_CASE("Bytes that nothing wrote are found, exactly", "[isa][checker]") {
  REQUIRE_THAT(
      errors(program(kStore)),
      Catch::Contains(
          "t:9: dma of st reads spm bytes 0x0 to 0x3f of core 0, which nothing has written"));
  REQUIRE_THAT(errors(program(kLoad + "\nbar core\nst: dma dst=dram:0 src=spm:32 shape=[64]")),
               Catch::Contains("reads spm bytes 0x40 to 0x5f"));
  REQUIRE_THAT(
      errors(program(kLoad +
                     "\nbar core\nmx: mm a=spm:0 b=spm:0 c=acc:0 m=8 n=8 k=8 accumulate=true")),
      Catch::Contains("mm of mx reads acc bytes 0x0 to 0xff"));
}

TEST_CASE("Addresses outside their space are found", "[isa][checker]") {
  const auto [line, message] = GENERATE(table<std::string, std::string>({
      {"ld: dma dst=spm:0xfff0 src=dram:0 shape=[17]",
       "writes spm bytes 0xfff0 to 0x10000 of core 0; spm of chip 'toy' has 65536 bytes"},
      {"ld: dma dst=spm:0 src=dram:0xfffff shape=[2]",
       "reads dram bytes 0xfffff to 0x100000; dram of chip 'toy' has 1048576"},
      {"ld: dma dst=spm:0 src=dram:0xffffffffffffffff shape=[2]", "reads dram"},
      {"ld: dma dst=acc:0x4000 src=dram:0 shape=[1]", "acc of chip 'toy' has 16384"},
      {"ld: dma dst=shared:0 src=dram:0 shape=[1]", "shared of chip 'toy' has 0 bytes"},
      {"loop 3 {\nld: dma dst=spm:0(+0x8000) src=dram:0 shape=[1]\n}",
       "writes spm bytes 0x10000 to 0x10000"},
  }));
  CAPTURE(line);
  REQUIRE_THAT(errors(program(line)), Catch::Contains(message));
}

TEST_CASE("A wait that is never met names who waits, for what and who signals", "[isa][checker]") {
  REQUIRE_THAT(
      errors(program(kLoad + " wait a>=1")),
      Catch::Contains(
          "t:9: dma of ld waits for ever: event 'a' ends at 0, it needs 1; nothing signals it"));
  REQUIRE_THAT(
      errors(program(kLoad + " signal a+1\n" + kStore + " wait a>=3")),
      Catch::Contains("event 'a' ends at 1, it needs 3; it is signalled by ld: dma of line 9"));
}

TEST_CASE("A queue that fills before its signaller is dispatched is a deadlock", "[isa][checker]") {
  std::string body;
  for (int i = 0; i < 5; ++i) body += "mx: opaque cycles=1 wait a>=1\n";
  body += "ve: opaque cycles=1 signal a+1";
  REQUIRE_THAT(errors(program(body)),
               Catch::Contains("t:13: opaque finds no room in queue 'mx' for ever: it holds 4"));
  auto deep = chip();
  deep.queue_depth = 5;
  REQUIRE(errors(program(body), deep).empty());
}

TEST_CASE("A chip barrier that not all cores reach is a deadlock", "[isa][checker]") {
  REQUIRE_THAT(errors(".npu 1.0\n.cores 2\ncore 0 {\nbar chip\n}\n"),
               Catch::Contains("t:4: bar chip waits for ever: only 1 of 2 cores reach it"));
}

TEST_CASE("Unused and unheard events are warnings", "[isa][checker]") {
  REQUIRE_THAT(warnings(program(kLoad + " signal a+1")),
               Catch::Contains("event 'a' is signalled by ld: dma of line 9 and never waited on"));
  REQUIRE_THAT(warnings(program(kLoad)), Catch::Contains("event 'a' is declared and never used"));
}

TEST_CASE("What the chip lacks is named", "[isa][checker]") {
  const auto [body, message] = GENERATE(table<std::string, std::string>({
      {"ld: pim matrix=dram:0 x=spm:0 out=spm:0 rows=1 cols=1",
       "chip 'toy' has no processing in memory: nothing executes 'pim'"},
      {"ld: coll all_reduce src=spm:0 dst=spm:0 bytes=4", "no collective operations"},
      {"ld: send src=spm:0 peer=1 bytes=4", "no link to other chips"},
      {"mx: conv ifm=spm:0 weight=spm:0 ofm=acc:0 h=1 w=1 c=1 oc=1",
       "no unit for this: nothing executes 'conv'"},
      {"mx: mm a=spm:0 b=spm:0 c=acc:0 m=1 n=1 k=1 a_type=bf16",
       "an input of type bf16: the matrix unit lacks it; allowed: i8, fp16"},
      {"mx: mm a=spm:0 b=spm:0 c=acc:0 m=1 n=1 k=1 c_type=i8",
       "the result of type i8: the matrix unit lacks it; allowed: i32, fp32"},
      {"ve: vec add dst=spm:0 x=spm:0 cols=1 x_type=i8",
       "an input of type i8: the vector unit lacks it"},
      {"ld: dma dst=spm:0 src=dram:0 shape=[128] codec=int4g128 compressed_bytes=66",
       "do not expand int4g128; allowed: none"},
  }));
  CAPTURE(body);
  REQUIRE_THAT(errors(program(body)), Catch::Contains(message));
}

TEST_CASE("A program for another chip is refused before it is executed", "[isa][checker]") {
  const auto [directives, message] = GENERATE(table<std::string, std::string>({
      {".target rngd", "made for chip 'rngd', not 'toy'"},
      {".cores 3", "runs on 3 cores, chip 'toy' has 2"},
      {".queue ldd dma", "queue 'ldd': chip 'toy' has only ld, st, mx, ve; did you mean 'ld'?"},
  }));
  REQUIRE_THAT(errors(program(kLoad, directives)), Catch::Contains(message));
  REQUIRE(report(program(kLoad, directives)).instructions == 0);
  REQUIRE_THAT(errors(".npu 1.0\n.queue mx dma\n"),
               Catch::Contains("queue 'mx' of kind dma: on chip 'toy' its kind is matrix"));
  auto explicit_only = chip();
  explicit_only.hazard_mode = false;
  REQUIRE_THAT(errors(program(kLoad, ".sync hazard"), explicit_only),
               Catch::Contains("relies on hazard mode"));
}

TEST_CASE("A program made in memory obeys the same rules as one read from a file",
          "[isa][checker]") {
  MemoryProgram wrong{"made"};
  wrong.begin({});
  Instruction bar;
  bar.operation = Bar{};
  bar.queue = 7;
  wrong.put(0, bar);
  REQUIRE_THAT(check(wrong, chip()).errors.at(0).text(),
               Catch::Contains("made: core 0 #0: bar goes to no queue"));
}

TEST_CASE("Only so many findings are kept, all are counted", "[isa][checker]") {
  std::string body;
  for (int i = 0; i < 250; ++i) body += kStore + "\n";
  const auto found = report(program(body));
  REQUIRE(found.errors.size() == CheckReport::kMaxFindings);
  REQUIRE(found.error_count == 250);
  REQUIRE_THROWS_AS(found.throw_if_errors(), InputError);
}

TEST_CASE("An endless program ends the check with a warning", "[isa][checker]") {
  auto target = chip();
  target.max_instructions = 10'000;
  const auto found = report(program("loop 4611686018427387904 {\n" + kLoad + "\n}"), target);
  REQUIRE(found.errors.empty());
  REQUIRE_THAT(found.warnings.back().text(), Catch::Contains("instructions were checked"));
}

TEST_CASE("A hundred thousand instructions are checked in little time", "[isa][checker][.bench]") {
  const std::string text = ".npu 1.0\n.cores 2\n" + kQueues + ".event full\n.event free\n";
  std::string cores;
  for (int core = 0; core < 2; ++core) {
    cores += "core " + std::to_string(core) +
             " {\nloop 25000 {\n"
             "ld: dma dst=spm:0(+0x100%2) src=dram:0(+0x10%1000) shape=[4,64] src_stride=[256,1] "
             "wait free>=-1(+1) signal full+1\n"
             "ve: vec add dst=spm:0x1000(+0x100%2) x=spm:0(+0x100%2) cols=128 wait full>=1(+1) "
             "signal free+1\n}\n}\n";
  }
  const auto found = report(text + cores);
  REQUIRE(found.instructions == 100'000);
  REQUIRE(found.errors.empty());
}

TEST_CASE("A check can be stopped while it reads and while it executes", "[isa][checker]") {
  struct Stopped {};
  std::string written;
  for (int i = 0; i < 2000; ++i) written += kLoad + "\n";
  const std::string looped = "loop 2000 {\n" + kLoad + "\n}";
  for (const std::string& body : {written, looped}) {
    const auto long_program = assemble(program(body, ".sync hazard"), "t");
    int polls = 0;
    CHECK_THROWS_AS(check(long_program, chip(),
                          [&] {
                            if (++polls == 3) throw Stopped{};
                          }),
                    Stopped);
    CHECK(polls == 3);
  }
}
