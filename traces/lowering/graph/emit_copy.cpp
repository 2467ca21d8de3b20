// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "traces/lowering/graph/emit_steps.h"

namespace npulse::lowering {
namespace {

constexpr std::int64_t kSlotAlignment = 16;

/// Tensors one behind the other, as one run of elements.
std::int64_t total(const std::vector<Part>& parts) {
  std::int64_t sum = 0;
  for (const Part& part : parts) sum += part.elements;
  return sum;
}

class CopyWriter {
 public:
  CopyWriter(CoreWriter& core, const std::string& region, const CopyStep& step)
      : core_{core}, step_{step}, type_{core.plan().formats.activation} {
    const Target& target = core.plan().target;
    // What is made of nothing is read where it will stand: memory has some value everywhere.
    const auto& reads = total(step.reads) > 0 ? step.reads : step.writes;
    reads_ = &reads;
    const std::int64_t most = std::max(total(reads), total(step.writes));
    const std::int64_t fit = target.spm_bytes.count() / ContractionTiling::kSlots / kSlotAlignment *
                             kSlotAlignment * 8 / isa::bits_of(type_);
    const std::int64_t turns = std::max<std::int64_t>(
        kBlocks * target.cores, ceil_div(most, std::max<std::int64_t>(1, fit)));
    pieces_ = std::min(turns, std::max<std::int64_t>(1, total(reads)));
    const std::int64_t piece = ceil_div(total(reads), pieces_);
    const Bytes slot{round_up(isa::bytes_of(piece, type_).count(), kSlotAlignment)};
    core.begin(region, {slot, Bytes{0}, Bytes{0}, Bytes{0}});
  }

  void run() {
    const Range turns = split(pieces_, core_.plan().target.cores, 1)[core_.core()];
    for (std::int64_t i = turns.first; i < turns.last; ++i) turn(i);
  }

 private:
  static constexpr std::int64_t kBlocks = 4;

  Range piece_of(const std::vector<Part>& parts, std::int64_t i) const {
    return {total(parts) * i / pieces_, total(parts) * (i + 1) / pieces_};
  }

  /// Calls `f(tensor, first, count)` for what of each tensor lies in the range.
  template <class F>
  static void for_each_part(const std::vector<Part>& parts, Range range, F f) {
    std::int64_t before = 0;
    for (const Part& part : parts) {
      const std::int64_t first = std::max(range.first, before);
      const std::int64_t last = std::min(range.last, before + part.elements);
      if (first < last) f(part.tensor, first - before, last - first);
      before += part.elements;
    }
  }

  void turn(std::int64_t i) {
    const Buffer& slot = core_.slots(BufferKind::input).take();
    const Range read = piece_of(*reads_, i);
    std::int64_t filled = 0;
    for_each_part(*reads_, read, [&](graph::TensorId id, std::int64_t at, std::int64_t count) {
      core_.load(
          Role::activation, slot,
          transfer(in_spm(advance(slot.address, filled, type_)), place(id, at), {count}, type_),
          true);
      filled += count;
    });
    for_each_part(step_.writes, piece_of(step_.writes, i),
                  [&](graph::TensorId id, std::int64_t at, std::int64_t count) {
                    for (std::int64_t done = 0; done < count; done += filled) {
                      core_.store(transfer(place(id, at + done), in_spm(slot.address),
                                           {std::min(filled, count - done)}, type_),
                                  slot.full, slot);
                    }
                  });
  }

  isa::Operand place(graph::TensorId id, std::int64_t element) const {
    return in_dram(advance(core_.plan().address(id), element, type_));
  }

  CoreWriter& core_;
  const CopyStep& step_;
  isa::DataType type_;
  const std::vector<Part>* reads_ = nullptr;
  std::int64_t pieces_ = 1;
};

}  // namespace

void emit(CoreWriter& core, const std::string& region, const CopyStep& step) {
  CopyWriter writer{core, region, step};
  writer.run();
}

}  // namespace npulse::lowering
