// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "traces/lowering/graph/emit_steps.h"
#include "traces/lowering/graph/vector_kinds.h"

namespace npulse::lowering {
namespace {

/// A block of x.
struct Block {
  Range rows, cols;
  std::int64_t elements() const { return rows.size() * cols.size(); }
};

/// Blocks of a core: at least so many that loads, work and stores overlap.
constexpr std::int64_t kBlocks = 4;

class VectorWriter {
 public:
  VectorWriter(CoreWriter& core, const std::string& region, const VectorStep& step)
      : core_{core}, step_{step}, type_{core.plan().formats.activation} {
    const Target& target = core.plan().target;
    const auto share = [&](std::int64_t n) { return split(n, target.cores, 1)[core.core()]; };
    const bool by_rows = step.whole_rows || step.rows >= target.cores;
    share_ =
        by_rows ? Block{share(step.rows), {0, step.cols}} : Block{{0, step.rows}, share(step.cols)};
    const std::int64_t operands = std::any_of(step.ops.begin(), step.ops.end(),
                                              [](const VectorOp& op) { return op.y.has_value(); })
                                      ? 2
                                      : 1;
    const std::int64_t room = target.spm_bytes.count() / (ContractionTiling::kSlots * operands) /
                              kSlotAlignment * kSlotAlignment;
    const std::int64_t fit = room * 8 / isa::bits_of(type_);
    choose_block(std::max<std::int64_t>(1, fit));
    const Bytes slot{round_up(isa::bytes_of(rows_ * cols_, type_).count(), kSlotAlignment)};
    core.begin(region, {slot, operands > 1 ? slot : Bytes{0}, Bytes{0}, Bytes{0}});
  }

  void run() {
    for (std::int64_t row = share_.rows.first; row < share_.rows.last;) {
      const std::int64_t end = end_of_block(row);
      for (std::int64_t col = share_.cols.first; col < share_.cols.last; col += cols_) {
        block({{row, end}, {col, std::min(col + cols_, share_.cols.last)}});
      }
      row = end;
    }
  }

 private:
  static constexpr std::int64_t kSlotAlignment = 16;

  void choose_block(std::int64_t fit) {
    const std::int64_t rows = std::max<std::int64_t>(1, share_.rows.size());
    const std::int64_t cols = std::max<std::int64_t>(1, share_.cols.size());
    const std::int64_t wanted = std::min(fit, std::max(cols, ceil_div(rows * cols, kBlocks)));
    cols_ = step_.whole_rows || rows > 1 ? std::min(cols, fit)
                                         : std::min(cols, ceil_div(cols, kBlocks));
    cols_ = std::min(cols_, fit);
    rows_ = std::clamp<std::int64_t>(wanted / cols_, 1, rows);
  }

  /// Blocks of what causality masks lie in one matrix.
  std::int64_t end_of_block(std::int64_t row) const {
    const std::int64_t end = std::min(row + rows_, share_.rows.last);
    if (step_.matrix_rows == 0) return end;
    return std::min(end, (row / step_.matrix_rows + 1) * step_.matrix_rows);
  }

  isa::Operand place(graph::TensorId tensor, std::int64_t element) const {
    return in_dram(advance(core_.plan().address(tensor), element, type_));
  }

  isa::Dma fetch(const Buffer& slot, graph::TensorId tensor, const Block& b) const {
    return transfer(in_spm(slot.address), place(tensor, b.rows.first * step_.cols + b.cols.first),
                    {b.rows.size(), b.cols.size()}, type_, {}, {step_.cols, 1});
  }

  void block(const Block& b) {
    const Buffer& x = core_.slots(BufferKind::input).take();
    core_.load(Role::activation, x, fetch(x, step_.input, b), true);
    for (std::size_t i = 0; i < step_.ops.size(); ++i) {
      operate(b, step_.ops[i], x, i == 0, i + 1 == step_.ops.size());
    }
    const bool reduced = step_.out_cols == 1 && step_.cols > 1;
    const std::int64_t out_cols = reduced ? 1 : step_.cols;
    const std::int64_t width = reduced ? 1 : b.cols.size();
    const std::int64_t at = b.rows.first * out_cols + (reduced ? 0 : b.cols.first);
    core_.store(transfer(place(step_.output, at), in_spm(x.address), {b.rows.size(), width}, type_,
                         {out_cols, 1}),
                x.done, x);
  }

  void operate(const Block& b, const VectorOp& op, const Buffer& x, bool first, bool last) {
    Events waits, signals;
    if (first) waits.push_back(x.full);
    if (last) signals.push_back(x.done);
    isa::Vec vec = unary(op.kind, {in_spm(x.address), type_}, {in_spm(x.address), type_},
                         b.rows.size(), b.cols.size(), op.scalar);
    if (step_.matrix_rows > 0) vec.causal = b.rows.first % step_.matrix_rows + step_.first_row_sees;
    if (op.y) {
      const Buffer& y = second_input(b, op);
      vec.y = in_spm(y.address);
      vec.y_broadcast = op.broadcast;
      waits.push_back(y.full);
      signals.push_back(y.free);
    }
    core_.put(Role::vector, vec, waits, signals);
  }

  const Buffer& second_input(const Block& b, const VectorOp& op) {
    const auto id = static_cast<std::int64_t>(*op.y);
    const bool row = op.broadcast == isa::Broadcast::row;
    const bool column = op.broadcast == isa::Broadcast::column;
    const TileKey key{id, row ? 0 : b.rows.first + 1, column ? 0 : b.cols.first + 1, 0};
    SlotPair& slots = core_.slots(BufferKind::weights);
    if (const Buffer* held = slots.find(key)) return *held;
    const Buffer& slot = slots.take(key);
    const isa::Operand to = in_spm(slot.address);
    isa::Dma dma = fetch(slot, *op.y, b);
    if (row) dma = transfer(to, place(*op.y, b.cols.first), {b.cols.size()}, type_);
    if (column) dma = transfer(to, place(*op.y, b.rows.first), {b.rows.size()}, type_);
    core_.load(Role::activation, slot, dma, true);
    return slot;
  }

  CoreWriter& core_;
  const VectorStep& step_;
  isa::DataType type_;
  Block share_{};
  std::int64_t rows_ = 1, cols_ = 1;  ///< Of a block.
};

}  // namespace

void emit(CoreWriter& core, const std::string& region, const VectorStep& step) {
  VectorWriter writer{core, region, step};
  writer.run();
}

}  // namespace npulse::lowering
