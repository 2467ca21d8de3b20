// SPDX-License-Identifier: Apache-2.0
#include "arch/dma/transfer.h"

namespace npulse::arch {
namespace {

Side make_side(const isa::Operand& operand, const isa::Extents& stride, const isa::Extents& shape,
               std::uint16_t own_core) {
  Side side{operand.space, operand.core, operand.address,
            stride.empty() ? isa::dense_strides(shape) : stride};
  if (side.core == own_core) side.core.reset();
  return side;
}

isa::Extents padded(const isa::Dma& dma) {
  isa::Extents shape = dma.shape;
  for (int i = 0; i < dma.pad_lo.size(); ++i) shape[i] += dma.pad_lo[i];
  for (int i = 0; i < dma.pad_hi.size(); ++i) shape[i] += dma.pad_hi[i];
  return shape;
}

}  // namespace

std::int64_t Transfer::bytes() const {
  return ceil_div<std::int64_t>(shape.product() * bits, 8);
}

std::int64_t Transfer::source_bytes() const {
  return coded_bytes ? coded_bytes : bytes();
}

Transfer make_transfer(const isa::Dma& dma, std::uint16_t own_core) {
  Transfer transfer;
  transfer.shape = dma.shape;
  transfer.bits = isa::bits_of(dma.type);
  transfer.src = make_side(dma.src, dma.src_stride, dma.shape, own_core);
  transfer.dst = make_side(dma.dst, dma.dst_stride, padded(dma), own_core);
  for (int i = 0; i < dma.pad_lo.size(); ++i) {
    const std::int64_t elements = dma.pad_lo[i] * transfer.dst->stride[i];
    transfer.dst->address += static_cast<Address>(elements * transfer.bits / 8);
  }
  transfer.padding_bytes =
      isa::bytes_of(padded(dma).product(), dma.type).count() - transfer.bytes();
  transfer.multicast = dma.multicast;
  if (dma.codec != isa::CodecFormat::none) transfer.coded_bytes = dma.compressed_bytes;
  return transfer;
}

Transfer make_transfer(const isa::Opaque& opaque, bool read) {
  Transfer transfer;
  transfer.shape = {read ? opaque.bytes_read : opaque.bytes_written};
  transfer.at_least = Cycles{opaque.cycles};
  (read ? transfer.src : transfer.dst) = Side{opaque.at.space, {}, opaque.at.address, {1}};
  return transfer;
}

}  // namespace npulse::arch
