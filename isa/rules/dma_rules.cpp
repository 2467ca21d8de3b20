// SPDX-License-Identifier: Apache-2.0
#include "isa/rules/checks.h"
#include "isa/shapes.h"

namespace npulse::isa::rules {
namespace {

/// Rank, range and reach of the strides of one side, and whole bytes between runs of i4.
Fault stride_fault(const char* name, const Extents& strides, const Extents& shape, DataType type,
                   std::int64_t low) {
  if (strides.empty()) return std::nullopt;
  if (auto fault = extents_fault(name, strides, shape.size(), 0)) return fault;
  __extension__ __int128 reach = 0;
  for (int i = 0; i < shape.size(); ++i) {
    if (shape[i] == 1) continue;
    reach += static_cast<__int128_t>(shape[i] - 1) * strides[i];
    if (auto fault = outside({name, strides[i]}, low)) return fault;
    const bool dense = i == shape.size() - 1 && strides[i] == 1;
    if (type == DataType::i4 && !dense && strides[i] % 2 != 0) {
      return bad(fmt::format("{} of {} i4 elements", name, strides[i]),
                 "runs of i4 begin on whole bytes: use an even stride");
    }
  }
  if (reach <= kMaxElements) return std::nullopt;
  return bad(fmt::format("{} reaches over {} elements", name, kMaxElements));
}

Fault codec_fault(const Dma& op) {
  if (op.codec == CodecFormat::none) {
    return outside({"compressed_bytes without codec", op.compressed_bytes}, 0, 0);
  }
  if (!op.src_stride.empty()) return bad("src_stride with codec", "coded data is one dense run");
  const std::int64_t coded = coded_bytes(op.codec, op.shape).count();
  if (op.compressed_bytes == coded) return std::nullopt;
  return bad(fmt::format("compressed_bytes = {}", op.compressed_bytes),
             fmt::format("{} of this shape takes {}", to_string(op.codec), coded));
}

Fault padding_fault(const char* name, const Extents& padding, const Extents& shape) {
  return padding.empty() ? std::nullopt : extents_fault(name, padding, shape.size(), 0);
}

Fault multicast_fault(const Dma& op, const ProgramHeader& header) {
  if (op.multicast == 0) return std::nullopt;
  if (!in_core(op.dst)) {
    return bad(fmt::format("multicast to {}", to_string(op.dst.space)), "dst must be spm or acc");
  }
  if (header.cores >= 64 || op.multicast >> header.cores == 0) return std::nullopt;
  return bad("multicast names a core that does not exist",
             fmt::format("the program has {} cores: bits 0 to {}", header.cores, header.cores - 1));
}

}  // namespace

Fault fault_of(const Dma& op, const ProgramHeader& header) {
  if (auto fault = shape_fault("shape", op.shape)) return fault;
  if (auto fault = padding_fault("pad_lo", op.pad_lo, op.shape)) return fault;
  if (auto fault = padding_fault("pad_hi", op.pad_hi, op.shape)) return fault;
  const Extents block = padded_shape(op);
  if (auto fault = shape_fault("padded shape", block)) return fault;
  if (auto fault = stride_fault("src_stride", op.src_stride, op.shape, op.type, 0)) return fault;
  if (auto fault = stride_fault("dst_stride", op.dst_stride, block, op.type, 1)) return fault;
  if (auto fault = codec_fault(op)) return fault;
  return multicast_fault(op, header);
}

}  // namespace npulse::isa::rules
