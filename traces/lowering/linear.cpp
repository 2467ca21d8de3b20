// SPDX-License-Identifier: Apache-2.0
#include "traces/lowering/linear.h"

#include <algorithm>

#include "traces/lowering/instructions.h"

namespace npulse::lowering {

std::vector<LinearShape> matrix_shapes(const Transformer& model) {
  return {{"attn.qkv", model.hidden, model.qkv_width(), 1},
          {"attn.out", model.q_width(), model.hidden, 1},
          {"mlp.gate_up", model.hidden, model.ffn, 2},
          {"mlp.down", model.ffn, model.hidden, 1},
          {"lm_head", model.hidden, model.vocab, 1}};
}

Linear::Linear(const LinearShape& shape, std::vector<Range> columns_of_core, std::int64_t width)
    : shape_{shape}, columns_{std::move(columns_of_core)}, width_{width}, tiles_before_{0} {
  for (std::uint32_t core = 0; core < columns_.size(); ++core) {
    tiles_before_.push_back(tiles_before_.back() + tiles(core));
  }
}

std::int64_t Linear::tiles(std::uint32_t core) const {
  return ceil_div(columns_[core].size(), width_);
}

Bytes Linear::stored_bytes(const Formats& formats) const {
  Bytes sum{};
  for (std::uint32_t core = 0; core < columns_.size(); ++core) {
    for (std::int64_t i = 0; i < tiles(core); ++i) {
      sum += formats.stored_bytes(shape_.k, tile(core, i).size() * shape_.parts);
    }
  }
  return sum;
}

void Linear::place(SpaceAllocator& dram, std::int64_t layers, const Formats& formats) {
  const Bytes tile = formats.stored_bytes(shape_.k, width_ * shape_.parts);
  tile_stride_ = dram.stride(tile);
  base_ = dram.take(std::string{"weights of "} + shape_.region,
                    tile_stride_ * tiles_before_.back() * layers);
}

Address Linear::address(std::int64_t layer, std::uint32_t core, std::int64_t tile) const {
  const std::int64_t index = layer * tiles_before_.back() + tiles_before_[core] + tile;
  return base_ + static_cast<Address>(index * tile_stride_.count());
}

isa::Dma weight_transfer(const Formats& formats, Address to, isa::Operand from, std::int64_t k,
                         std::int64_t columns) {
  if (!formats.coded()) return transfer(in_spm(to), from, {k * columns}, formats.weight);
  isa::Dma load = transfer(in_spm(to), from, {columns, k}, formats.weight);
  load.codec = formats.codec;
  load.compressed_bytes = formats.stored_bytes(k, columns).count();
  return load;
}

const Slot& load_tile(Emitter& emitter, const Formats& formats, const Linear& linear, Ring& ring,
                      std::int64_t layer, std::int64_t tile) {
  const Slot& slot = ring.next();
  const LinearShape& shape = linear.shape();
  const std::int64_t columns = linear.tile(emitter.core(), tile).size() * shape.parts;
  const isa::Dma load =
      weight_transfer(formats, slot.address, in_dram(linear.address(layer, emitter.core(), tile)),
                      shape.k, columns);
  emitter.put(Role::load, load, {slot.free}, {slot.full});
  return slot;
}

void multiply(Emitter& emitter, const Formats& formats, const Linear& linear, const Rows& a,
              const Slot& weights, std::int64_t width, const Slot& c, const Events& done) {
  const LinearShape& shape = linear.shape();
  Events waits = a.ready;
  waits.push_back(weights.full);
  waits.push_back(c.free);
  for (int part = 0; part < shape.parts; ++part) {
    isa::Mm mm;
    mm.a = in_spm(a.address);
    mm.b = in_spm(advance(weights.address, part * shape.k * width, formats.weight));
    mm.c = in_acc(advance(c.address, part * a.count * width, formats.accumulator));
    mm.m = a.count;
    mm.n = width;
    mm.k = shape.k;
    mm.a_type = formats.activation;
    mm.b_type = formats.weight;
    mm.c_type = formats.accumulator;
    mm.b_transposed = formats.coded();
    Events signals;
    if (part + 1 == shape.parts) {
      signals = done;
      signals.push_back(c.full);
    }
    emitter.put(Role::matrix, mm, waits, signals);
  }
}

}  // namespace npulse::lowering
