// SPDX-License-Identifier: Apache-2.0
#include "isa/footprint.h"

#include <algorithm>
#include <limits>

#include "isa/shapes.h"
#include "isa/strided_block.h"

namespace npulse::isa {
namespace {

enum class Direction : bool { read, write };

class Appender {
 public:
  Appender(std::uint16_t core, std::vector<Access>& out) : core_{core}, out_{out} {}

  void operator()(const Dma& op) {
    const bool coded = op.codec != CodecFormat::none;
    if (coded) {
      dense(op.src, op.compressed_bytes, Direction::read);
    } else {
      block(op.src, {op.shape, op.src_stride, op.type}, Direction::read);
    }
    const StridedBlock target{padded_shape(op), op.dst_stride, op.type};
    block(op.dst, target, Direction::write);
    for (std::uint16_t core = 0; core < 64; ++core) {
      if (!(op.multicast >> core & 1) || core == op.dst.core.value_or(core_)) continue;
      Operand other = op.dst;
      other.core = core;
      block(other, target, Direction::write);
    }
  }

  void operator()(const Mm& op) {
    dense(op.a, bytes_of(op.m * op.k, op.a_type).count(), Direction::read);
    if (!op.keep_weights) dense(op.b, b_bytes(op).count(), Direction::read);
    result(op.c, bytes_of(op.m * op.n, op.c_type).count(), op.accumulate);
  }

  void operator()(const Conv& op) {
    const ConvOutput out = conv_output(op);
    dense(op.ifm, bytes_of(op.h * op.w * op.c, op.ifm_type).count(), Direction::read);
    dense(op.weight, bytes_of(op.kh * op.kw * (op.c / op.groups) * op.oc, op.weight_type).count(),
          Direction::read);
    result(op.ofm, bytes_of(out.h * out.w * op.oc, op.ofm_type).count(), op.accumulate);
  }

  void operator()(const Vec& op) {
    dense(op.x, bytes_of(op.rows * op.cols, op.x_type).count(), Direction::read);
    if (op.y) dense(*op.y, bytes_of(second_input_elements(op), op.y_type).count(), Direction::read);
    dense(op.dst, bytes_of(output_elements(op), op.dst_type).count(), Direction::write);
  }

  void operator()(const Xform& op) {
    const std::int64_t table = bytes_of(op.shape.product(), op.type).count();
    const std::int64_t moved =
        bytes_of(op.shape.product() / op.shape[0] * op.indices, op.type).count();
    if (op.index) dense(*op.index, bytes_of(op.indices, DataType::i32).count(), Direction::read);
    const bool gather = op.kind == XformKind::gather, scatter = op.kind == XformKind::scatter;
    dense(op.src, scatter ? moved : table, Direction::read, gather);
    dense(op.dst, gather ? moved : table, Direction::write, scatter);
  }

  void operator()(const Send& op) { dense(op.src, op.bytes, Direction::read); }
  void operator()(const Recv& op) { dense(op.dst, op.bytes, Direction::write); }
  void operator()(const Coll& op) {
    dense(op.src, op.bytes, Direction::read);
    dense(op.dst, op.bytes, Direction::write);
  }
  void operator()(const Pim& op) {
    dense(op.matrix, bytes_of(op.rows * op.cols, op.matrix_type).count(), Direction::read);
    dense(op.x, bytes_of(op.cols, op.x_type).count(), Direction::read);
    dense(op.out, bytes_of(op.rows, op.out_type).count(), Direction::write);
  }
  void operator()(const Opaque& op) {
    if (op.bytes_read) dense(op.at, op.bytes_read, Direction::read);
    if (op.bytes_written) dense(op.at, op.bytes_written, Direction::write);
  }
  template <class Op>
  void operator()(const Op&) {}

 private:
  void result(const Operand& operand, std::int64_t bytes, bool accumulate) {
    if (accumulate) dense(operand, bytes, Direction::read);
    dense(operand, bytes, Direction::write);
  }

  void dense(const Operand& operand, std::int64_t bytes, Direction direction,
             bool approximate = false) {
    const auto size = static_cast<std::uint64_t>(bytes);
    add(operand, operand.address, {size, 0, 1}, direction, approximate);
  }

  void block(const Operand& operand, const StridedBlock& block, Direction direction) {
    const RegularRuns runs{block};
    if (runs.blocks() > kMaxFootprintBlocks) {
      add(operand, operand.address, {runs.extent(), 0, 1}, direction, true);
      return;
    }
    runs.for_each_block([&](std::uint64_t offset) {
      add(operand, operand.address + offset, runs.block(), direction, false);
    });
  }

  void add(const Operand& operand, Address begin, const Runs& runs, Direction direction,
           bool approximate) {
    const bool owned = operand.space == Space::spm || operand.space == Space::acc;
    const Address room = std::numeric_limits<Address>::max() - begin;
    out_.push_back({operand.space, owned ? operand.core.value_or(core_) : std::uint16_t{0},
                    direction == Direction::write, approximate, begin,
                    begin + std::min(runs.extent(), room), runs.bytes, runs.stride, runs.count});
  }

  std::uint16_t core_;
  std::vector<Access>& out_;
};

/// First run of `b` that ends after `address`; b.runs when there is none.
std::uint64_t first_run_after(const Access& b, Address address) {
  if (b.begin + b.run_bytes > address) return 0;
  return (address - b.begin - b.run_bytes) / b.stride + 1;
}

bool run_touches(Address begin, Address end, const Access& b) {
  const std::uint64_t run = b.runs == 1 ? 0 : first_run_after(b, begin);
  return run < b.runs && b.begin + run * b.stride < end &&
         b.begin + run * b.stride + b.run_bytes > begin;
}

/// Runs i of a and j of b meet when i - j = k with d - a.run < k * stride < d + b.run, d = b - a.
bool equal_strides_overlap(const Access& a, const Access& b) {
  if (b.begin < a.begin) return equal_strides_overlap(b, a);
  const std::uint64_t distance = b.begin - a.begin;
  const std::uint64_t k = distance < a.run_bytes ? 0 : (distance - a.run_bytes) / a.stride + 1;
  return k < a.runs && k * a.stride < distance + b.run_bytes;
}

}  // namespace

void append_footprint(const Instruction& instruction, std::uint16_t core,
                      std::vector<Access>& out) {
  std::visit(Appender{core, out}, instruction.operation);
}

bool overlap(const Access& a, const Access& b) {
  if (a.space != b.space || a.core != b.core || a.begin >= b.end || b.begin >= a.end) return false;
  if (a.runs == 1) return run_touches(a.begin, a.end, b);
  if (b.runs == 1) return run_touches(b.begin, b.end, a);
  if (a.stride == b.stride) return equal_strides_overlap(a, b);
  const Access& fewer = a.runs < b.runs ? a : b;
  const Access& more = a.runs < b.runs ? b : a;
  if (fewer.runs > static_cast<std::uint64_t>(kMaxFootprintBlocks * kMaxFootprintBlocks))
    return true;
  for (std::uint64_t run = 0; run < fewer.runs; ++run) {
    const Address begin = fewer.begin + run * fewer.stride;
    if (run_touches(begin, begin + fewer.run_bytes, more)) return true;
  }
  return false;
}

}  // namespace npulse::isa
