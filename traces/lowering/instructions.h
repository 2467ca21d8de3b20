// SPDX-License-Identifier: Apache-2.0
// Short ways to write the operations that lowering uses.
#pragma once

#include "isa/instruction.h"

namespace npulse::lowering {

inline isa::Operand in_dram(Address address) {
  return {isa::Space::dram, {}, address, {}};
}
inline isa::Operand in_spm(Address address) {
  return {isa::Space::spm, {}, address, {}};
}
inline isa::Operand in_acc(Address address) {
  return {isa::Space::acc, {}, address, {}};
}

/// `address` + `elements` elements of `type` on.
inline Address advance(Address address, std::int64_t elements, isa::DataType type) {
  return address + static_cast<Address>(isa::bytes_of(elements, type).count());
}

/// A block, dense on both sides unless strides (in elements) say otherwise.
inline isa::Dma transfer(isa::Operand dst, isa::Operand src, isa::Extents shape, isa::DataType type,
                         isa::Extents dst_stride = {}, isa::Extents src_stride = {}) {
  isa::Dma dma;
  dma.dst = dst;
  dma.src = src;
  dma.shape = shape;
  dma.type = type;
  dma.dst_stride = dst_stride;
  dma.src_stride = src_stride;
  return dma;
}

/// An operand of a vector operation with its type.
struct Typed {
  isa::Operand at;
  isa::DataType type;
};

/// dst = kind(x, scalar) over [rows, cols].
inline isa::Vec unary(isa::VecKind kind, Typed dst, Typed x, std::int64_t rows, std::int64_t cols,
                      double scalar = 0) {
  isa::Vec vec;
  vec.kind = kind;
  vec.dst = dst.at;
  vec.dst_type = dst.type;
  vec.x = x.at;
  vec.x_type = vec.y_type = x.type;
  vec.rows = rows;
  vec.cols = cols;
  vec.scalar = scalar;
  return vec;
}

/// dst = kind(x, y) over [rows, cols].
inline isa::Vec binary(isa::VecKind kind, Typed dst, Typed x, Typed y, std::int64_t rows,
                       std::int64_t cols, isa::Broadcast broadcast = isa::Broadcast::none) {
  isa::Vec vec = unary(kind, dst, x, rows, cols);
  vec.y = y.at;
  vec.y_type = y.type;
  vec.y_broadcast = broadcast;
  return vec;
}

}  // namespace npulse::lowering
