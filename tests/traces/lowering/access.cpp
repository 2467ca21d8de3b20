// SPDX-License-Identifier: Apache-2.0
#include "tests/traces/lowering/access.h"

namespace npulse::test {
namespace {

using isa::DataType;
using isa::Operand;

class Collector {
 public:
  explicit Collector(std::uint32_t core) : core_{core} {}

  void dense(const Operand& at, std::int64_t elements, DataType type, bool write) {
    run(at.space, owner(at), at.address, isa::bytes_of(elements, type).count(), write);
  }

  void strided(const Operand& at, std::uint32_t owner_core, const isa::Extents& shape,
               const isa::Extents& strides, DataType type, bool write) {
    if (strides.empty() || strides == isa::dense_strides(shape)) {
      return run(at.space, owner_core, at.address, isa::bytes_of(shape.product(), type).count(),
                 write);
    }
    walk(at.space, owner_core, at.address, shape, strides, 0, type, write);
  }

  std::uint32_t owner(const Operand& at) const {
    return at.space == isa::Space::dram ? 0 : at.core.value_or(static_cast<std::uint16_t>(core_));
  }
  std::vector<Access> take() { return std::move(list_); }

 private:
  void run(isa::Space space, std::uint32_t core, Address at, std::int64_t bytes, bool write) {
    list_.push_back({space, core, at, at + static_cast<Address>(bytes), write});
  }

  void walk(isa::Space space, std::uint32_t core, Address at, const isa::Extents& shape,
            const isa::Extents& strides, int dimension, DataType type, bool write) {
    if (dimension + 1 == shape.size() && strides[dimension] == 1) {
      return run(space, core, at, isa::bytes_of(shape[dimension], type).count(), write);
    }
    if (dimension == shape.size())
      return run(space, core, at, isa::bytes_of(1, type).count(), write);
    for (std::int64_t i = 0; i < shape[dimension]; ++i) {
      const auto offset = isa::bytes_of(i * strides[dimension], type).count();
      walk(space, core, at + static_cast<Address>(offset), shape, strides, dimension + 1, type,
           write);
    }
  }

  std::uint32_t core_;
  std::vector<Access> list_;
};

void collect(Collector& out, const isa::Dma& dma) {
  if (dma.codec == isa::CodecFormat::none) {
    out.strided(dma.src, out.owner(dma.src), dma.shape, dma.src_stride, dma.type, false);
  } else {
    out.dense(dma.src, dma.compressed_bytes, DataType::i8, false);
  }
  const std::uint32_t own = out.owner(dma.dst);
  out.strided(dma.dst, own, dma.shape, dma.dst_stride, dma.type, true);
  for (std::uint32_t core = 0; core < 64; ++core) {
    if ((dma.multicast >> core & 1) && core != own) {
      out.strided(dma.dst, core, dma.shape, dma.dst_stride, dma.type, true);
    }
  }
}

void collect(Collector& out, const isa::Mm& mm) {
  out.dense(mm.a, mm.m * mm.k, mm.a_type, false);
  out.dense(mm.b, mm.k * mm.n, mm.b_type, false);
  if (mm.accumulate) out.dense(mm.c, mm.m * mm.n, mm.c_type, false);
  out.dense(mm.c, mm.m * mm.n, mm.c_type, true);
}

void collect(Collector& out, const isa::Vec& vec) {
  out.dense(vec.x, vec.rows * vec.cols, vec.x_type, false);
  if (vec.y) {
    const std::int64_t rows = vec.y_broadcast == isa::Broadcast::row ? 1 : vec.rows;
    const std::int64_t cols = vec.y_broadcast == isa::Broadcast::column ? 1 : vec.cols;
    out.dense(*vec.y, rows * cols, vec.y_type, false);
  }
  const bool reduces = vec.kind == isa::VecKind::reduce_max || vec.kind == isa::VecKind::reduce_sum;
  out.dense(vec.dst, vec.rows * (reduces ? 1 : vec.cols), vec.dst_type, true);
}

/// A matrix turned, or a gather of single elements; which of them, only values say.
void collect(Collector& out, const isa::Xform& xform) {
  out.dense(xform.src, xform.shape.product(), xform.type, false);
  if (xform.index) out.dense(*xform.index, xform.indices, DataType::i32, false);
  out.dense(xform.dst, xform.index ? xform.indices : xform.shape.product(), xform.type, true);
}

}  // namespace

std::vector<Access> accesses_of(const isa::Instruction& instruction, std::uint32_t core) {
  Collector out{core};
  if (const auto* dma = std::get_if<isa::Dma>(&instruction.operation)) collect(out, *dma);
  if (const auto* mm = std::get_if<isa::Mm>(&instruction.operation)) collect(out, *mm);
  if (const auto* vec = std::get_if<isa::Vec>(&instruction.operation)) collect(out, *vec);
  if (const auto* xform = std::get_if<isa::Xform>(&instruction.operation)) collect(out, *xform);
  return out.take();
}

}  // namespace npulse::test
