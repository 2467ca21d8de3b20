// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>
#include <sstream>

#include "isa/text/assembler.h"
#include "isa/text/disassembler.h"
#include "sim/core/error.h"

using namespace npulse;
using namespace npulse::isa;

namespace {

// Canonical: what the disassembler prints.
const std::string kCanonical = R"(.npu 1.0
.target edu-8x8
.sync hazard
.cores 2
.queue ld dma
.queue mx matrix
.queue v dma
.event in core
.event done chip
.meta model "a \"b\" \\ \x0a"

core 0 {
  mark "layer 1" {
    loop 8 {
      ld: dma dst=spm:0x0(+0x4000%2) src=dram:0x8000(+0x3800) shape=[56,64] signal in+1
      mx: mm a=spm:0x0(+0x4000%2) b=spm:0x8000 c=acc:0x0 m=56 n=64 k=64 wait in>=1(+1)
      loop 2 {
        mx: opaque cycles=7 note="x" wait in>=-3(+0,-2%5) signal done+2
      }
    }
  }
  bar chip
  end
}

core 1 {
  ld: dma dst=spm@0:0x100 src=spm:0x0 shape=[16] type=fp16 pad_lo=[1] pad_hi=[2] pad_value=-1.5
  v: dma dst=spm:0x0 src=dram:0x0 shape=[128] multicast=0x3 codec=int4g128 compressed_bytes=66
}
)";

std::string canonical(const std::string& text) {
  std::ostringstream out;
  disassemble(assemble(text), out);
  return out.str();
}

/// The faults of a text whose header is sound and whose only core holds `body`.
std::string faults_of(const std::string& body) {
  const std::string header = ".npu 1.0\n.queue ld dma\n.queue mx matrix\n.event in\ncore 0 {\n";
  try {
    assemble(header + body + "\n}\n", "t.npt");
  } catch (const InputError& error) {
    return error.what();
  }
  return "";
}

}  // namespace

TEST_CASE("Canonical text comes back unchanged", "[isa][text]") {
  REQUIRE(canonical(kCanonical) == kCanonical);
}

TEST_CASE("Comments, blanks, decimal addresses and field order do not matter", "[isa][text]") {
  const std::string loose = R"(   .npu 1.0   # version
.queue  ld   dma
core 0 {   # the only one

    ld: dma   shape=[4] src=dram:64	dst=spm:0x10 type=i8
})";
  const std::string tight =
      ".npu 1.0\n.queue ld dma\n\ncore 0 {\n  ld: dma dst=spm:0x10 src=dram:0x40 shape=[4]\n}\n";
  REQUIRE(canonical(loose) == tight);
}

TEST_CASE("Assembled instructions carry their line", "[isa][text]") {
  const auto program = assemble(".npu 1.0\ncore 0 {\n\n  bar core\n  end\n}");
  REQUIRE(program.instructions(0).at(0).line == 4);
  REQUIRE(program.instructions(0).at(1).line == 5);
}

TEST_CASE("Every fault of a text is reported in one pass with its place", "[isa][text]") {
  const std::string faults = faults_of(
      "  ld: dmaa dst=spm:0x0\n"
      "  ld: dma dst=spn:0x0 src=dram:0x0 shape=[1]\n"
      "  xx: dma\n"
      "  mx: mm a=spm:0x0 b=spm:0x0 c=acc:0x0 m=1 n=1 k=99999999999999999999");
  REQUIRE_THAT(faults, Catch::Contains("t.npt:6:7: unknown opcode 'dmaa'"));
  REQUIRE_THAT(faults, Catch::Contains("did you mean 'dma'?"));
  REQUIRE_THAT(faults, Catch::Contains(
                           "t.npt:7:15: unknown value 'spn': allowed are dram, spm, acc, shared"));
  REQUIRE_THAT(faults, Catch::Contains("t.npt:8:3: unknown queue 'xx': allowed are ld, mx"));
  REQUIRE_THAT(faults, Catch::Contains("t.npt:9:50: number 99999999999999999999 is too large"));
}

TEST_CASE("What a line may say wrong is named", "[isa][text]") {
  const auto [line, message] = GENERATE(table<std::string, std::string>({
      {"dma dst=spm:0 src=dram:0 shape=[1]", "dma needs a queue; write 'QUEUE: dma ...'"},
      {"mx: dma dst=spm:0 src=dram:0 shape=[1]", "needs a dma queue"},
      {"ld: bar core", "bar goes to no queue"},
      {"mx: opaque bytes_read=1", "opaque cannot run on queue 'mx' of kind matrix"},
      {"bar core wait in>=1", "bar neither waits nor signals"},
      {"ld: dma dst=spm:0 shape=[1]", "missing: src"},
      {"ld: dma dst=spm:0 dst=spm:1 src=dram:0 shape=[1]", "dst is given twice"},
      {"ld: dma dst=spm:0 src=dram:0 shape=[1,2,3,4,5,6]", "over 5 dimensions"},
      {"ld: dma dst=spm:0 src=dram:0 shape=[0]", "shape = 0; allowed: 1 to"},
      {"ld: dma dst=spm:0 src=dram:0 shape=[4] src_stride=[1,1]",
       "src_stride has 2 dimensions; it needs 1"},
      {"ld: dma dst=spm@1:0 src=dram:0 shape=[4]", "an operand names core 1; allowed: 0 to 0"},
      {"ld: dma dst=dram@0:0 src=dram:0 shape=[4]", "dram belongs to no core"},
      {"ld: dma dst=spm:0 src=dram:0 shape=[4] wait in>=1(+1)", "steps for 1 loops inside 0"},
      {"ld: dma dst=spm:0 src=dram:0 shape=[4] wait inn>=1", "unknown event 'inn'"},
      {"ld: dma dst=spm:0 src=dram:0 shape=[4] wait in>1", "expected '>='"},
      {"ld: dma dst=spm:0 src=dram:0 shape=[4] signal in+0", "signal = 0; allowed: 1 to"},
      {"ld: dma dst=spm:0 src=dram:0 shape=[4] colour=3", "unknown field 'colour'"},
      {"ld: dma dst=spm:0 src=dram:0 shape=[4] codec=int4g128 compressed_bytes=2",
       "int4g128 of this shape takes 4"},
      {"mx: mm a=dram:0 b=spm:0 c=acc:0 m=1 n=1 k=1",
       "a is in dram; use spm or acc of its own core"},
      {"mx: mm a=spm:0 b=spm:0 c=acc:0 m=1 n=1 k=1 sparse_n=3 sparse_m=2", "sparsity 3:2"},
      {"loop 2", "expected '{'"},
      {"loop 2 {", "core 0 is never closed"},
      {"bar world", "unknown value 'world': allowed are core, chip"},
      {"}\nbar core", "expected 'core N {'"},
      {"end\nbar core", "an instruction after 'end'"},
      {"mark \"open", "the text is never closed"},
      {"ld: opaque note=\"\\q\"", "unknown escape"},
      {".cores 2", "a directive after the first core"},
      {"loop 1 {\nloop 1 {\nloop 1 {\nloop 1 {\nloop 1 {", "loops nest deeper than 4"},
  }));
  CAPTURE(line);
  REQUIRE_THAT(faults_of(line), Catch::Contains(message));
}

TEST_CASE("What a header may say wrong is named", "[isa][text]") {
  const auto [text, message] = GENERATE(table<std::string, std::string>({
      {"", "the text is empty"},
      {"core 0 {\n}", "a program begins with '.npu 1.0'"},
      {".npu 2.0", "version 2.0; this npulse reads 1.x"},
      {".npu 1.0\n.queue ld dna",
       "unknown value 'dna': allowed are dma, matrix, vector; did you mean 'dma'?"},
      {".npu 1.0\n.queue 1d dma", "'1d' is no name"},
      {".npu 1.0\n.queue a dma\n.queue a dma", ".queue 'a' is declared twice"},
      {".npu 1.0\n.requires magic", "requires 'magic', which this npulse does not know"},
      {".npu 1.0\n.cores 0", "cores = 0; allowed: 1 to"},
      {".npu 1.0\n.quue a dma", "unknown directive 'quue'"},
      {".npu 1.0\ncore 1 {\n}", "core 1; allowed: 0 to 0"},
      {".npu 1.0\ncore 0 {\n}\ncore 0 {\n}", "core 0 is given twice"},
  }));
  CAPTURE(text);
  REQUIRE_THROWS_WITH(assemble(text, "t.npt"), Catch::Contains(message));
}

TEST_CASE("Hostile text ends in an input error, in bounded memory", "[isa][text]") {
  const std::string long_line = ".npu 1.0\n.meta a \"" + std::string(10'000'000, 'x') + "\"\n";
  REQUIRE_THROWS_WITH(assemble(long_line), Catch::Contains("longer than"));
  std::string deep = ".npu 1.0\ncore 0 {\n";
  for (int i = 0; i < 200'000; ++i) deep += "mark \"m\" {\n";
  REQUIRE_THROWS_AS(assemble(deep), InputError);
  REQUIRE_THROWS_AS(assemble(std::string(1000, '\0')), InputError);
  REQUIRE_THROWS_AS(assemble(".npu 1.0\n" + std::string(100'000, '{')), InputError);
}
