// SPDX-License-Identifier: Apache-2.0
#include "arch/dma/piece_walker.h"

#include <catch2/catch.hpp>

#include <random>

using namespace npulse;
using namespace npulse::arch;

namespace {

isa::Dma load(isa::Extents shape, isa::Extents src_stride = {}, isa::Extents dst_stride = {}) {
  isa::Dma dma;
  dma.src = {isa::Space::dram, {}, 0x1000, {}};
  dma.dst = {isa::Space::spm, {}, 0x40, {}};
  dma.shape = shape;
  dma.src_stride = src_stride;
  dma.dst_stride = dst_stride;
  return dma;
}

std::vector<Piece> pieces(const Transfer& transfer, std::int64_t max) {
  PieceWalker walker{transfer, Bytes{max}};
  std::vector<Piece> result;
  while (!walker.done()) result.push_back(walker.next());
  return result;
}

/// Every byte copied, one by one, as (source, destination) pairs.
std::vector<std::pair<Address, Address>> bytes_of(const Transfer& t) {
  std::vector<std::pair<Address, Address>> all;
  for (std::int64_t e = 0; e < t.shape.product(); ++e) {
    std::int64_t src = 0, dst = 0, rest = e;
    for (int d = t.shape.size() - 1; d >= 0; --d) {
      src += rest % t.shape[d] * t.src->stride[d];
      dst += rest % t.shape[d] * t.dst->stride[d];
      rest /= t.shape[d];
    }
    for (int b = 0; b < t.bits / 8; ++b) {
      all.emplace_back(t.src->address + static_cast<Address>(src * t.bits / 8 + b),
                       t.dst->address + static_cast<Address>(dst * t.bits / 8 + b));
    }
  }
  return all;
}

}  // namespace

TEST_CASE("A dense transfer is cut at multiples of the packet size", "[dma]") {
  isa::Dma dma = load({10'000});
  dma.src.address = 4000;
  const auto cut = pieces(make_transfer(dma, 0), 4096);
  REQUIRE(cut.size() == 4);
  REQUIRE(cut[0].src_bytes == 96);
  REQUIRE(cut[1].src == 4096);
  REQUIRE(cut[1].dst == 0x40 + 96);
  REQUIRE(cut[3].src_bytes == 10'000 - 96 - 2 * 4096);
}

TEST_CASE("Rows that are contiguous in memory merge, whatever their stride on chip", "[dma]") {
  const auto cut = pieces(make_transfer(load({8, 64}, {}, {100, 1}), 0), 4096);
  REQUIRE(cut.size() == 1);
  REQUIRE(cut[0].src_bytes == 512);
}

TEST_CASE("Pieces of random strided transfers copy every byte once, to its place", "[dma]") {
  std::mt19937_64 random{7};
  const auto pick = [&](std::int64_t n) { return static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(n)); };
  for (int round = 0; round < 300; ++round) {
    const isa::Extents shape{1 + pick(4), 1 + pick(5), 1 + pick(40)};
    const std::int64_t row = shape[2] + pick(3) * 8;
    const isa::Extents stride{row * shape[1] + pick(2) * 16, row, 1};
    isa::Dma dma = load(shape, stride);
    dma.type = pick(2) ? isa::DataType::i8 : isa::DataType::fp32;
    const Transfer transfer = make_transfer(dma, 0);
    std::vector<std::pair<Address, Address>> copied;
    for (const Piece& piece : pieces(transfer, 64)) {
      REQUIRE(piece.src_bytes == piece.dst_bytes);
      REQUIRE(piece.src / 64 == (piece.src + static_cast<Address>(piece.src_bytes) - 1) / 64);
      for (Address b = 0; b < static_cast<Address>(piece.src_bytes); ++b) {
        copied.emplace_back(piece.src + b, piece.dst + b);
      }
    }
    REQUIRE(copied == bytes_of(transfer));
  }
}

TEST_CASE("Padding leaves its room at the destination", "[dma]") {
  isa::Dma dma = load({2, 3});
  dma.pad_lo = {1, 1};
  dma.pad_hi = {0, 2};
  const Transfer transfer = make_transfer(dma, 0);
  REQUIRE(transfer.dst->stride == isa::Extents{6, 1});
  REQUIRE(transfer.dst->address == 0x40 + 6 + 1);
  REQUIRE(transfer.padding_bytes == 3 * 6 - 2 * 3);
}

TEST_CASE("Coded pieces expand to exactly the transfer's bytes", "[dma]") {
  isa::Dma dma = load({128 * 33});
  dma.codec = isa::CodecFormat::int4g128;
  dma.compressed_bytes = 66 * 33;
  const Transfer transfer = make_transfer(dma, 0);
  std::int64_t read = 0, written = 0;
  for (const Piece& piece : pieces(transfer, 256)) {
    REQUIRE(piece.dst == 0x40 + static_cast<Address>(written));
    read += piece.src_bytes;
    written += piece.dst_bytes;
  }
  REQUIRE(read == 66 * 33);
  REQUIRE(written == 128 * 33);
}

TEST_CASE("An operand that names the engine's own core is local", "[dma]") {
  isa::Dma dma = load({16});
  dma.dst.core = 3;
  REQUIRE_FALSE(make_transfer(dma, 3).dst->on_wire());
  REQUIRE(make_transfer(dma, 2).dst->on_wire());
}
