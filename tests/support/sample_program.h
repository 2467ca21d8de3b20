// SPDX-License-Identifier: Apache-2.0
// A small canonical program with every opcode, for tests of text, binary form and checker.
#pragma once

#include <random>
#include <sstream>
#include <string>

#include "isa/binary/reader.h"
#include "isa/binary/writer.h"
#include "isa/text/assembler.h"
#include "isa/text/disassembler.h"

namespace npulse::isa::tests {

inline const std::string kSample = R"(.npu 1.0
.target edu-8x8
.sync hazard
.cores 2
.queue ld dma
.queue mx matrix
.queue ve vector
.event in core
.event done chip
.tensor a input at=dram:0x8000 shape=[56,64]
.tensor b weight at=spm@1:0x100 shape=[3,64,64] type=bf16 codec=int4g128 first=[1,0,0] box=[1,64,60] tile=[1,64,16] tile_stride=[0,0,4096] transposed=true
.meta model "a \"b\" \\ \x0a"
.meta tokens "1"

core 0 {
  mark "layer 1" {
    loop 8 {
      ld: dma dst=spm:0x0(+0x4000%2) src=dram:0x8000(+0x3800) shape=[56,64] signal in+1
      mx: mm a=spm:0x0(+0x4000%2) b=spm:0x8000 c=acc:0x0 m=56 n=64 k=64 wait in>=1(+1)
      loop 2 {
        mx: opaque cycles=7 note="x" wait in>=-3(+0,-2%5) signal done+2,in+1
      }
    }
  }
  mx: conv ifm=spm:0x0 weight=spm:0x1000 ofm=acc:0x0 h=8 w=8 c=16 oc=16 kh=3 kw=3 pad_top=1 groups=2
  ve: vec softmax dst=spm:0x0 x=spm:0x100 rows=4 cols=64 x_type=fp32 scalar=0.125 causal=-3
  ve: vec add dst=spm:0x0 x=spm:0x100 y=spm:0x200 y_broadcast=row rows=4 cols=64
  ve: vec pool_max dst=spm:0x0 x=spm:0x100 rows=64 cols=16 window=[8,8,2,2] stride=[2,2]
  ve: xform transpose dst=spm:0x0 src=spm:0x100 shape=[2,3,4] perm=[2,0,1]
  ve: xform gather dst=spm:0x0 src=spm:0x100 index=spm:0x800 indices=7 shape=[100,4] type=fp16
  ld: send src=spm:0x0 peer=1 bytes=64 tag=3
  ld: recv dst=spm:0x40 peer=1 bytes=64 tag=3
  ld: coll all_reduce src=spm:0x0 dst=spm:0x40 bytes=64
  ld: pim matrix=dram:0x0 x=spm:0x0 out=spm:0x40 rows=64 cols=64
  ve: cfg key="rounding" value=-1
  bar chip
  end
}

core 1 {
  ld: dma dst=spm@0:0x100 src=spm:0x0 shape=[16] type=fp16 pad_lo=[1] pad_hi=[2] pad_value=-1.5
  ld: dma dst=spm:0x0 src=dram:0x0 shape=[128] multicast=0x3 codec=int4g128 compressed_bytes=66
}
)";

inline void copy(const Program& program, ProgramSink& sink) {
  sink.begin(program.header());
  for (std::uint32_t core = 0; core < program.header().cores; ++core) {
    const auto stream = program.open(core);
    for (Instruction i; stream->next(i);) sink.put(core, i);
  }
  sink.finish({});
}

inline std::string to_binary(const Program& program, BinaryOptions options = {}) {
  std::ostringstream out;
  BinaryWriter writer{out, options};
  copy(program, writer);
  return out.str();
}

inline BinaryProgram from_binary(std::string bytes) {
  return BinaryProgram{open_memory(std::move(bytes)), "dir/t.npb"};
}

inline std::string text_of(const Program& program) {
  std::ostringstream out;
  disassemble(program, out);
  return out.str();
}

}  // namespace npulse::isa::tests
