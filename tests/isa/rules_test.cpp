// SPDX-License-Identifier: Apache-2.0
// What each operation refuses on its own, by a line of text that breaks one rule of a sound one.
#include "isa/rules/rules.h"

#include <catch2/catch.hpp>

#include "isa/limits.h"
#include "isa/text/instruction_parser.h"

using namespace npulse;
using namespace npulse::isa;

namespace {

const ProgramHeader kHeader = [] {
  ProgramHeader header;
  header.cores = 4;
  header.queues = {{"ld", QueueKind::dma}, {"mx", QueueKind::matrix}, {"ve", QueueKind::vector}};
  header.events = {{"e", {}}};
  return header;
}();

std::string fault(const std::string& line) {
  text::Cursor in{line};
  const auto instruction =
      text::parse_instruction(in, {{{"ld", 0}, {"mx", 1}, {"ve", 2}}, {{"e", 0}}});
  const auto found = fault_of(instruction, kHeader);
  return found ? found->text() : "";
}

const std::string kDma = "ld: dma dst=spm:0 src=dram:0 shape=[4,8]";
const std::string kMm = "mx: mm a=spm:0 b=spm:0 c=acc:0 m=4 n=4 k=4";
const std::string kConv = "mx: conv ifm=spm:0 weight=spm:0 ofm=acc:0 h=8 w=8 c=4 oc=4";
const std::string kAdd = "ve: vec add dst=spm:0 x=spm:0 cols=8";
const std::string kPool = "ve: vec pool_avg dst=spm:0 x=spm:0 cols=8 rows=12";
const std::string kTurn = "ve: xform transpose dst=spm:0 src=spm:0 shape=[4,8]";
const std::string kGather = "ve: xform gather dst=spm:0 src=spm:0 shape=[4,8]";

}  // namespace

TEST_CASE("Sound operations have no fault", "[isa][rules]") {
  const std::vector<std::string> lines{
      kDma,
      kMm,
      kConv,
      kAdd,
      kPool + " window=[3,4,2,2] stride=[1,1]",
      kTurn + " perm=[1,0]",
      kGather + " index=spm:0 indices=3",
      kDma + " src_stride=[0,1] dst_stride=[8,1] pad_lo=[0,1] multicast=0xf",
      kDma + " type=i4 src_stride=[2,1]",
      kMm + " sparse_n=2 sparse_m=4",
      kConv + " kh=3 kw=3 groups=4 pad_top=1",
      "ve: vec rope dst=spm:0 x=spm:0 y=spm:0 y_broadcast=row cols=8",
      "ve: vec exp dst=spm:0 x=spm:0 cols=8 causal=-2",
      "ld: opaque bytes_read=5",
      "mx: opaque cycles=5",
      "ve: cfg key=\"k\" value=-1"};
  for (const auto& line : lines) {
    CAPTURE(line);
    REQUIRE(fault(line).empty());
  }
}

TEST_CASE("Each rule of an operation is held, and said with the value and what is allowed",
          "[isa][rules]") {
  const std::vector<std::pair<std::string, std::string>> cases{
      {"ld: dma dst=spm:0 src=dram:0 shape=[]", "shape is empty; give 1 to 5 extents"},
      {"ld: dma dst=spm:0 src=dram:0 shape=[4,-1]", "shape = -1; allowed: 1 to"},
      {"ld: dma dst=spm:0 src=dram:0 shape=[1099511627777]",
       "shape = 1099511627777; allowed: 1 to 1099511627776"},
      {"ld: dma dst=spm:0 src=dram:0 shape=[1000000000,1000000000,1000000000]", "shape has over"},
      {kDma + " src_stride=[4398046511104,1]", "src_stride = 4398046511104"},
      {"ld: dma dst=spm:0 src=dram:0 shape=[1000000,8] src_stride=[1000000000000,1]",
       "src_stride reaches over"},
      {kDma + " src_stride=[-1,1]", "src_stride = -1; allowed: 0 to"},
      {kDma + " dst_stride=[0,1]", "dst_stride = 0; allowed: 1 to"},
      {kDma + " dst_stride=[8]", "dst_stride has 1 dimensions; it needs 2"},
      {kDma + " type=i4 src_stride=[9,1]",
       "src_stride of 9 i4 elements; runs of i4 begin on whole bytes"},
      {kDma + " pad_lo=[1]", "pad_lo has 1 dimensions; it needs 2"},
      {kDma + " pad_hi=[0,-1]", "pad_hi = -1"},
      {kDma + " multicast=0x10",
       "multicast names a core that does not exist; the program has 4 cores: bits 0 to 3"},
      {"ld: dma dst=dram:0 src=spm:0 shape=[4] multicast=0x1",
       "multicast to dram; dst must be spm or acc"},
      {kDma + " compressed_bytes=9", "compressed_bytes without codec = 9; allowed: 0 to 0"},
      {kDma + " codec=int4g128 compressed_bytes=9",
       "compressed_bytes = 9; int4g128 of this shape takes 24"},
      {kDma + " codec=int4g128 compressed_bytes=24 src_stride=[8,1]", "src_stride with codec"},
      {"ld: dma dst=spm@4:0 src=dram:0 shape=[4]", "an operand names core 4; allowed: 0 to 3"},
      {"mx: mm a=spm:0 b=spm:0 c=acc:0 m=0 n=4 k=4", "m = 0; allowed: 1 to"},
      {"mx: mm a=spm:0 b=spm:0 c=acc:0 m=1000000 n=1000000 k=1000000", "mm has over"},
      {"mx: mm a=spm@1:0 b=spm:0 c=acc:0 m=4 n=4 k=4", "a is in another core's memory"},
      {"mx: mm a=spm:0 b=dram:0 c=acc:0 m=4 n=4 k=4", "b is in dram"},
      {"mx: mm a=spm:0 b=spm:0 c=shared:0 m=4 n=4 k=4", "c is in shared"},
      {kMm + " sparse_n=2", "sparsity 2:0; allowed: N:M with 1 <= N <= M"},
      {kMm + " sparse_m=4", "sparsity 0:4"},
      {kConv + " stride_h=0", "stride_h = 0"},
      {kConv + " pad_left=-1", "pad_left = -1; allowed: 0 to"},
      {kConv + " groups=3", "groups = 3; it must divide c and oc"},
      {kConv + " kh=9", "the kernel is larger than the padded input"},
      {kConv + " kh=5 dilation_h=2", "the kernel is larger than the padded input"},
      {kConv + " kw=1000000000 dilation_w=1000000000", "dilated kernel has over"},
      {"ve: vec add dst=spm:0 x=spm:0 cols=0", "cols = 0"},
      {kAdd + " rows=0", "rows = 0"},
      {kAdd + " y_broadcast=row", "y_broadcast without y"},
      {kAdd + " y=dram:0", "y is in dram"},
      {kAdd + " causal=0", "causal without softmax, exp, reduce_sum or reduce_max"},
      {kAdd + " window=[1,1,1,1]", "add takes no window or stride"},
      {"ve: vec exp dst=spm:0 x=spm:0 y=spm:0 cols=8", "exp takes no y"},
      {kPool, "window has 0 dimensions; it needs 4"},
      {kPool + " window=[3,4,2,2]", "stride has 0 dimensions; it needs 2"},
      {kPool + " window=[3,4,4,2] stride=[1,1]", "the pooling kernel is larger than its input"},
      {kPool + " window=[3,3,2,2] stride=[1,1]", "h * w of the window, = 12; allowed: 9 to 9"},
      {kTurn, "perm is no permutation of the dimensions"},
      {kTurn + " perm=[0,0]", "perm is no permutation of the dimensions"},
      {kTurn + " perm=[1,0] index=spm:0", "transpose takes no index"},
      {kGather, "gather needs index"},
      {kGather + " index=spm:0", "indices = 0; allowed: 1 to"},
      {kGather + " index=dram:0 indices=1", "index is in dram"},
      {"ve: xform reshape dst=spm:0 src=spm:0 shape=[4] perm=[0]", "perm without transpose"},
      {"ld: send src=spm:0 peer=0 bytes=0", "bytes = 0"},
      {"ld: recv dst=spm:0 peer=0 bytes=-5", "bytes = -5"},
      {"ld: coll broadcast src=spm:0 dst=spm:0 bytes=0", "bytes = 0"},
      {"ld: pim matrix=spm:0 x=spm:0 out=spm:0 rows=4 cols=4",
       "the matrix is in spm; it must be in dram"},
      {"ld: opaque cycles=-1", "cycles = -1"},
      {"loop -1 {", "count = -1; allowed: 0 to"},
      {"mark \"" + std::string(kMaxTextLength + 1, 'x') + "\" {",
       "name has 4097 bytes; allowed: up to 4096"},
  };
  for (const auto& [line, message] : cases) {
    CAPTURE(line);
    REQUIRE_THAT(fault(line), Catch::Contains(message));
  }
}

TEST_CASE("Names are letters, digits, _ and ., and do not begin with a digit", "[isa][rules]") {
  for (const char* good : {"a", "_", "ld0", "q.full", "A_b.c9"}) REQUIRE(is_name(good));
  for (const char* bad : {"", "0a", ".a", "a-b", "a b", "a+", "\xc3\xa9"})
    REQUIRE_FALSE(is_name(bad));
  REQUIRE(is_name(std::string(kMaxNameLength, 'n')));
  REQUIRE_FALSE(is_name(std::string(kMaxNameLength + 1, 'n')));
}

TEST_CASE("Every fault of a header is reported", "[isa][rules]") {
  ProgramHeader header;
  header.cores = 0;
  header.target = std::string(kMaxTextLength + 1, 't');
  header.queues = {{"a", {}}, {"a", {}}, {"b c", {}}};
  header.events = {{"", {}}};
  header.requires_ = {"magic"};
  header.meta["9"] = "x";
  header.meta["long"] = std::string(kMaxMetaLength + 1, 'x');
  Faults faults;
  check_header(header, "here", faults);
  REQUIRE(faults.size() == 8);
  for (const auto& found : faults.list()) REQUIRE(found.where == "here");
}

TEST_CASE("Instructions may not name what is not declared", "[isa][rules]") {
  Instruction instruction;
  instruction.operation = Opaque{};
  instruction.queue = 3;
  REQUIRE(fault_of(instruction, kHeader)->text() == "queue 3 is not declared; allowed: 0 to 2");
  instruction.queue = 0;
  instruction.waits = {{1, 1, {}}};
  REQUIRE(fault_of(instruction, kHeader)->text() == "event 1 is not declared; allowed: 0 to 0");
  instruction.waits.assign(kMaxWaits + 1, {0, 1, {}});
  REQUIRE_THAT(fault_of(instruction, kHeader)->text(), Catch::Contains("over 64 waits"));
  instruction.waits.clear();
  instruction.signals = {{0, kMaxSignal + 1}};
  REQUIRE_THAT(fault_of(instruction, kHeader)->text(), Catch::Contains("signal = 2147483649"));
}
