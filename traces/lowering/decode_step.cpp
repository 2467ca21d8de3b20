// SPDX-License-Identifier: Apache-2.0
#include "traces/lowering/decode_step.h"

#include "traces/lowering/gather.h"

namespace npulse::lowering {

using isa::Broadcast;
using isa::VecKind;

const Slot& DecodeStep::load_vector(Address address, std::int64_t elements) {
  const Slot& slot = rings.vectors.next();
  emitter_.put(Role::load,
               transfer(in_spm(slot.address), in_dram(address), {elements}, job_.formats.residual),
               {slot.free}, {slot.full});
  return slot;
}

void DecodeStep::rmsnorm(Typed to, Typed from, const Slot& weights, std::int64_t rows,
                         std::int64_t columns, Events waits, const Events& signals) {
  isa::Vec vec =
      binary(VecKind::rmsnorm, to, from, residual(weights.address), rows, columns, Broadcast::row);
  vec.scalar = job_.model.norm_epsilon;
  waits.insert(waits.begin(), weights.full);
  emitter_.put(Role::vector, vec, waits, signals);
}

void DecodeStep::linear(Matrix which, std::int64_t copy, const Rows& a,
                        const std::function<void(const Result&)>& take) {
  resident_pass(emitter_, {job_.formats, rings.weights, rings.acc}, plan_.matrix(which), copy, a,
                take);
}

void DecodeStep::gate_up(Matrix which, std::int64_t copy, const Rows& a, Address stage) {
  const Formats& formats = job_.formats;
  linear(which, copy, a, [&](const Result& r) {
    const std::int64_t width = r.width();
    const Typed silu = residual(plan_.buffers.silu);
    const Typed up{in_acc(advance(r.c.address, r.rows * width, formats.accumulator)),
                   formats.accumulator};
    const Typed to = activation(advance(stage, r.before, formats.activation));
    emitter_.put(Role::vector, unary(VecKind::silu, silu, result(r), r.rows, width), {r.c.full},
                 {});
    take(r, binary(VecKind::mul, to, silu, up, r.rows, width), {}, {plan_.event.staged});
  });
}

void DecodeStep::gather(Matrix which, Address stage, std::int64_t rows, Address buffer,
                        isa::DataType type) {
  const Linear& matrix = plan_.matrix(which);
  const GatherSetup setup{job_.cores, plan_.event.staged, plan_.event.gathered, type};
  gather_columns(emitter_, setup, stage, rows, matrix.columns(emitter_.core()), matrix.width(),
                 buffer, matrix.shape().n);
}

}  // namespace npulse::lowering
