// SPDX-License-Identifier: Apache-2.0
#include "traces/lowering/resident.h"

#include <algorithm>

namespace npulse::lowering {

void resident_pass(Emitter& emitter, const ResidentSetup& setup, const Linear& linear,
                   std::int64_t copy, const Rows& a,
                   const std::function<void(const Result&)>& take) {
  const LinearShape& shape = linear.shape();
  const Formats& formats = setup.formats;
  emitter.region(shape.region);
  const Range share = linear.columns(emitter.core());
  for (std::int64_t i = 0; i < linear.tiles(emitter.core()); ++i) {
    const Slot weights = load_tile(emitter, formats, linear, setup.weights, copy, i);
    const Range columns = linear.tile(emitter.core(), i);
    const Bytes row_bytes = isa::bytes_of(columns.size() * shape.parts, formats.accumulator);
    const std::int64_t step = std::min(a.count, setup.acc.slot_bytes() / row_bytes);
    for (std::int64_t row = 0; row < a.count; row += step) {
      const Rows block{advance(a.address, i * a.per_tile + row * shape.k, formats.activation),
                       std::min(step, a.count - row), a.ready};
      const Slot c = setup.acc.next();
      const bool last = row + block.count == a.count;
      Events done;
      if (last && columns.last == share.last) done = a.done;
      if (last) done.push_back(weights.free);
      multiply(emitter, formats, linear, block, weights, columns.size(), c, done);
      const std::int64_t before = (columns.first - share.first) * a.count + row * columns.size();
      take({c, before, row, block.count, columns, last && columns.last == share.last});
    }
  }
}

void take_result(Emitter& emitter, const Result& result, const isa::Vec& vec, Events waits,
                 Events signals) {
  waits.push_back(result.c.full);
  signals.push_back(result.c.free);
  emitter.put(Role::vector, vec, waits, signals);
}

void lm_head_pass(Emitter& emitter, const ResidentSetup& setup, const Linear& linear, const Rows& a,
                  Ring& stage, Address logits) {
  const Formats& formats = setup.formats;
  const std::int64_t vocab = linear.shape().n;
  resident_pass(emitter, setup, linear, 0, a, [&](const Result& r) {
    const Slot slot = stage.next();
    take_result(emitter, r,
                unary(isa::VecKind::copy, {in_spm(slot.address), formats.residual},
                      {in_acc(r.c.address), formats.accumulator}, r.rows, r.width()),
                {slot.free}, {slot.full});
    const Address to = advance(logits, r.row * vocab + r.columns.first, formats.residual);
    emitter.put(Role::store,
                transfer(in_dram(to), in_spm(slot.address), {r.rows, r.width()}, formats.residual,
                         {vocab, 1}),
                {slot.full}, {slot.free});
  });
}

}  // namespace npulse::lowering
