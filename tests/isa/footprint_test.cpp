// SPDX-License-Identifier: Apache-2.0
#include "isa/footprint.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <set>

#include "isa/shapes.h"
#include "isa/text/assembler.h"
#include "tests/support/random.h"

using namespace npulse;
using namespace npulse::isa;

namespace {

constexpr std::uint16_t kCore = 1;

/// Footprint of one line of text, executed by core 1 of 4.
std::vector<Access> footprint(const std::string& line) {
  const auto program =
      assemble(".npu 1.0\n.cores 4\n.queue ld dma\n.queue mx matrix\n.queue ve vector\ncore 1 {\n" +
               line + "\n}\n");
  std::vector<Access> out;
  append_footprint(program.instructions(kCore).at(0), kCore, out);
  return out;
}

Access dense(Space space, std::uint16_t core, bool write, Address begin, std::uint64_t bytes) {
  return {space, core, write, false, begin, begin + bytes, bytes, 0, 1};
}

std::set<Address> bytes_of_access(const Access& access) {
  std::set<Address> bytes;
  for (std::uint64_t run = 0; run < access.runs; ++run) {
    for (std::uint64_t i = 0; i < access.run_bytes; ++i)
      bytes.insert(access.begin + run * access.stride + i);
  }
  return bytes;
}

Dma random_dma(test::Random& random) {
  Dma dma;
  dma.type = random.coin() ? DataType::i8 : DataType::fp16;
  const auto rank = random.between(1, 4);
  for (int i = 0; i < rank; ++i) {
    dma.shape.push_back(random.between(1, 4));  // at most kMaxFootprintBlocks
    dma.src_stride.push_back(random.between(0, 30));
  }
  dma.src.space = Space::dram;
  dma.src.address = static_cast<Address>(random.between(0, 100));
  return dma;
}

/// Every byte that the source side reads, element by element.
std::set<Address> source_bytes(const Dma& dma) {
  std::set<Address> bytes;
  const std::int64_t size = bits_of(dma.type) / 8;
  for (std::int64_t i = 0; i < dma.shape.product(); ++i) {
    std::int64_t rest = i, offset = 0;
    for (int d = dma.shape.size() - 1; d >= 0; --d) {
      offset += rest % dma.shape[d] * dma.src_stride[d];
      rest /= dma.shape[d];
    }
    for (std::int64_t b = 0; b < size; ++b)
      bytes.insert(dma.src.address + static_cast<Address>(offset * size + b));
  }
  return bytes;
}

std::vector<Access> reads_of(const Dma& dma) {
  Instruction instruction;
  instruction.operation = dma;
  std::vector<Access> out;
  append_footprint(instruction, 0, out);
  std::erase_if(out, [](const Access& a) { return a.write; });
  return out;
}

}  // namespace

TEST_CASE("Dense operations read and write whole blocks", "[isa][footprint]") {
  REQUIRE(footprint("mx: mm a=spm:0 b=spm:0x100 c=acc:0x40 m=2 n=3 k=4") ==
          std::vector{dense(Space::spm, 1, false, 0, 2 * 4),
                      dense(Space::spm, 1, false, 0x100, 4 * 3),
                      dense(Space::acc, 1, true, 0x40, 2 * 3 * 4)});
  REQUIRE(
      footprint(
          "ve: vec add dst=spm:0 x=acc:0 y=spm:64 y_broadcast=column rows=3 cols=5 x_type=fp32") ==
      std::vector{dense(Space::acc, 1, false, 0, 3 * 5 * 4), dense(Space::spm, 1, false, 64, 3 * 2),
                  dense(Space::spm, 1, true, 0, 3 * 5 * 2)});
  REQUIRE(footprint("ve: vec reduce_sum dst=spm:0 x=spm:64 rows=3 cols=5").back() ==
          dense(Space::spm, 1, true, 0, 3 * 2));
  REQUIRE(
      footprint("ve: vec pool_max dst=spm:0 x=spm:640 rows=30 cols=7 window=[5,6,2,3] stride=[1,2]")
          .back() == dense(Space::spm, 1, true, 0, 4 * 2 * 7 * 2));
  REQUIRE(
      footprint(
          "mx: conv ifm=spm:0 weight=spm:0x100 ofm=acc:0 h=4 w=5 c=6 oc=8 kh=3 kw=3 groups=2") ==
      std::vector{dense(Space::spm, 1, false, 0, 4 * 5 * 6),
                  dense(Space::spm, 1, false, 0x100, 3 * 3 * 3 * 8),
                  dense(Space::acc, 1, true, 0, 2 * 3 * 8 * 4)});
  REQUIRE(footprint("ld: opaque bytes_read=3 bytes_written=5 at=dram:7") ==
          std::vector{dense(Space::dram, 0, false, 7, 3), dense(Space::dram, 0, true, 7, 5)});
}

TEST_CASE("An accumulating mm reads what it writes, kept weights are not read",
          "[isa][footprint]") {
  const auto plain = footprint("mx: mm a=spm:0 b=spm:0x100 c=acc:0 m=2 n=2 k=2 accumulate=true");
  REQUIRE(plain.size() == 4);
  REQUIRE_FALSE(plain[2].write);
  REQUIRE(plain[3].write);
  REQUIRE(plain[2].begin == plain[3].begin);
  REQUIRE(footprint("mx: mm a=spm:0 b=spm:0x100 c=acc:0 m=2 n=2 k=2 keep_weights=true").size() ==
          2);
}

TEST_CASE("Sparse weights take the kept values and their positions", "[isa][footprint]") {
  const auto sparse =
      footprint("mx: mm a=spm:0 b=spm:0x100 c=acc:0 m=1 n=8 k=16 sparse_n=2 sparse_m=4");
  const std::uint64_t kept = 16 / 4 * 2 * 8;
  REQUIRE(sparse[1].run_bytes == kept + kept * 2 / 8);
}

TEST_CASE("A coded DMA reads its compressed bytes and writes the expanded block",
          "[isa][footprint]") {
  const auto out = footprint(
      "ld: dma dst=spm:0 src=dram:64 shape=[2,256] type=fp16 codec=int4g128 compressed_bytes=264");
  REQUIRE(out == std::vector{dense(Space::dram, 0, false, 64, 264),
                             dense(Space::spm, 1, true, 0, 2 * 256 * 2)});
  REQUIRE(coded_bytes(CodecFormat::int4g128, {3, 129}) == Bytes{3 * (64 + 1 + 2 * 2)});
}

TEST_CASE("Padding is written, multicast writes to every core once", "[isa][footprint]") {
  const auto out =
      footprint("ld: dma dst=spm:0 src=dram:0 shape=[4] pad_lo=[1] pad_hi=[2] multicast=0xe");
  REQUIRE(out == std::vector{dense(Space::dram, 0, false, 0, 4), dense(Space::spm, 1, true, 0, 7),
                             dense(Space::spm, 2, true, 0, 7), dense(Space::spm, 3, true, 0, 7)});
}

TEST_CASE("A tile of a matrix is one regular set of runs", "[isa][footprint]") {
  const auto out =
      footprint("ld: dma dst=dram:0x40 src=spm:0 shape=[128,64] type=fp16 dst_stride=[4096,1]");
  const Access expected{Space::dram, 0, true, false, 0x40, 0x40 + 127 * 8192 + 128, 128, 8192, 128};
  REQUIRE(out.back() == expected);
}

TEST_CASE("The bytes of any strided block are exact", "[isa][footprint]") {
  test::Random random{11};
  for (int round = 0; round < 2000; ++round) {
    const Dma dma = random_dma(random);
    std::set<Address> bytes;
    for (const Access& access : reads_of(dma)) {
      REQUIRE_FALSE(access.approximate);
      bytes.merge(bytes_of_access(access));
      REQUIRE(*bytes_of_access(access).rbegin() + 1 == access.end);
    }
    REQUIRE(bytes == source_bytes(dma));
  }
}

TEST_CASE("Two strided accesses overlap when they share a byte, and only then",
          "[isa][footprint]") {
  test::Random random{12};
  int shared = 0;
  for (int round = 0; round < 20'000; ++round) {
    const auto any = [&] {
      Access a;
      a.run_bytes = static_cast<std::uint64_t>(random.between(1, 6));
      a.runs = static_cast<std::uint64_t>(random.between(1, 6));
      a.stride = a.runs == 1 ? 0 : static_cast<std::uint64_t>(random.between(1, 20));
      a.begin = static_cast<Address>(random.between(0, 60));
      a.end = a.begin + (a.runs - 1) * a.stride + a.run_bytes;
      return a;
    };
    Access a = any();
    Access b = any();
    if (a.runs > 1 && b.runs > 1 && random.coin()) {
      b.stride = a.stride;
      b.end = b.begin + (b.runs - 1) * b.stride + b.run_bytes;
    }
    const auto left = bytes_of_access(a), right = bytes_of_access(b);
    const bool expected =
        std::any_of(left.begin(), left.end(), [&](Address x) { return right.contains(x); });
    REQUIRE(overlap(a, b) == expected);
    REQUIRE(overlap(b, a) == expected);
    shared += expected;
  }
  REQUIRE(shared > 1000);
}

TEST_CASE("Other spaces, other cores and two reads never conflict", "[isa][footprint]") {
  const Access write = dense(Space::spm, 0, true, 0, 8), read = dense(Space::spm, 0, false, 4, 8);
  REQUIRE(conflict(write, read));
  REQUIRE_FALSE(conflict(read, read));
  REQUIRE_FALSE(conflict(write, dense(Space::spm, 1, false, 4, 8)));
  REQUIRE_FALSE(conflict(write, dense(Space::acc, 0, false, 4, 8)));
}

TEST_CASE("A block of too many pieces is one approximate run, and the end of space is no overflow",
          "[isa][footprint]") {
  const auto out =
      footprint("ld: dma dst=spm:0 src=dram:0 shape=[9,9,9,9] src_stride=[4000,400,40,2]");
  REQUIRE(out.front().approximate);
  REQUIRE(out.front().end == 8 * 4442 + 1);
  const auto far = footprint("ld: dma dst=spm:0 src=dram:0xffffffffffffffff shape=[64]");
  REQUIRE(far.front().end == 0xffffffffffffffff);
}

TEST_CASE("A coded row is its elements and its groups' metadata, each filled up to a byte",
          "[isa]") {
  const auto row = [](CodecFormat codec, std::int64_t elements) {
    return coded_bytes(codec, {1, elements}).count();
  };
  CHECK(row(CodecFormat::int4g32, 96) == 96 / 2 + 3 * 2);
  CHECK(row(CodecFormat::int8g32, 33) == 33 + 2 * 2);
  CHECK(row(CodecFormat::awq4g128, 256) == 256 / 2 + 2 * (16 + 4) / 8);
  CHECK(row(CodecFormat::awq3g128, 128) == 128 * 3 / 8 + 3);  // 19 bits
  CHECK(row(CodecFormat::awq3g128, 129) == 49 + 5);           // 387 and 38 bits
  CHECK(row(CodecFormat::mxfp4, 64) == 64 / 2 + 2);
  CHECK(row(CodecFormat::bcq3g128, 128) == 3 * (128 / 8 + 2));
  CHECK(row(CodecFormat::fp16_2of4, 8) == 2 * 2 * 2 + 1);
  CHECK(row(CodecFormat::int8_2of4, 6) == 2 * 2 + 1);  // the last two as a whole group
  CHECK(row(CodecFormat::int4_2of4, 4) == 1 + 1);
}
