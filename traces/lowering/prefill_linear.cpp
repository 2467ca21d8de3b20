// SPDX-License-Identifier: Apache-2.0
#include "traces/lowering/prefill_linear.h"

#include <algorithm>
#include <cmath>

#include "traces/lowering/prefill_blocks.h"

namespace npulse::lowering {
namespace {

using isa::Broadcast;
using isa::VecKind;

}  // namespace

std::vector<RowRun> runs_of(const std::vector<std::int64_t>& places, Range range) {
  std::vector<RowRun> runs;
  const auto at = [&](std::int64_t i) { return places[static_cast<std::size_t>(i)]; };
  for (std::int64_t i = range.first; i < range.last;) {
    const std::int64_t step = i + 1 < range.last ? std::max<std::int64_t>(1, at(i + 1) - at(i)) : 1;
    std::int64_t end = i + 1;
    while (end < range.last && at(end) - at(end - 1) == step) ++end;
    runs.push_back({i - range.first, end - i, at(i), step});
    i = end;
  }
  return runs;
}

Slot PrefillLinear::load_rows(Matrix which, Ring& ring, const RowSource& from, Range row) {
  const isa::DataType type = job_.formats.activation;
  const std::int64_t k = plan_.matrix(which).shape().k;
  const Slot slot = ring.next();
  const auto load = [&](std::int64_t index, std::int64_t place, isa::Extents shape,
                        isa::Extents stride) {
    emitter_.put(Role::activation,
                 transfer(in_spm(advance(slot.address, index * k, type)),
                          in_dram(advance(from.base, place * k, type)), shape, type, {}, stride),
                 {slot.free, plan_.stored}, {slot.full});
  };
  if (from.places.empty()) {
    load(0, row.first, {row.size() * k}, {});
  } else {
    for (const RowRun& run : runs_of(from.places, row))
      load(run.index, run.place, {run.count, k}, {run.step * k, 1});
  }
  return slot;
}

/// Rows of the rotation table for the tokens of a block.
void PrefillLinear::load_rotation(const Slot& slot, Address to, Range row) {
  for (const isa::Dma& dma : rotation_transfers(plan_, row, to))
    emitter_.put(Role::activation, dma, {slot.free}, {slot.full});
}

void PrefillLinear::pass(Matrix which, std::int64_t copy, const RowSource& from,
                         const Epilogue& epilogue) {
  const Linear& linear = plan_.matrix(which);
  const PanelTiling& tiling = plan_.tiling(which);
  emitter_.region(linear.shape().region);
  Ring& ring = panel(which).rows;
  const std::int64_t tiles = linear.tiles(emitter_.core());
  const Range all{0, from.count};
  const std::int64_t panel_rows = tiling.block_rows * tiling.panel_blocks;
  std::vector<Slot> blocks(static_cast<std::size_t>(tiling.panel_blocks));
  for (std::int64_t panel = 0; panel < ceil_div(all.size(), panel_rows); ++panel) {
    const Range rows = tile_of(all, panel_rows, panel);
    const std::int64_t count = ceil_div(rows.size(), tiling.block_rows);
    for (std::int64_t tile = 0; tile < tiles; ++tile) {
      const Slot weights = load_tile(emitter_, job_.formats, linear, rings_.weights, copy, tile);
      for (std::int64_t i = 0; i < count; ++i) {
        const Range row = tile_of(rows, tiling.block_rows, i);
        Slot& slot = blocks[static_cast<std::size_t>(i)];
        if (tile == 0) {
          slot = load_rows(which, ring, from, row);
          if (has_rotation(which)) load_rotation(slot, rotation_in(which, slot), row);
        }
        const Block block{rings_.acc.next(), slot, row, linear.tile(emitter_.core(), tile),
                          tile + 1 == tiles};
        Events done;
        if (i + 1 == count) done.push_back(weights.free);
        if (block.last_tile) done.push_back(slot.free);
        multiply(emitter_, job_.formats, linear, {slot.address, row.size(), {slot.full}}, weights,
                 block.columns.size(), block.c, done);
        epilogue(block);
      }
    }
  }
}

Address PrefillLinear::rotation_in(Matrix which, const Slot& rows) const {
  const std::int64_t k = plan_.matrix(which).shape().k;
  return advance(rows.address, plan_.tiling(which).block_rows * k, job_.formats.activation);
}

void PrefillLinear::qkv(std::int64_t layer) {
  begin(Matrix::qkv);
  Ring& stage = panel(Matrix::qkv).stage;
  emitter_.region("attn.qkv");
  const HeadVectors vectors = load_head_vectors(layer);
  pass(Matrix::qkv, layer, {plan_.memory.normed, plan_.rows()},
       [&](const Block& block) { project_head(block, layer, stage, vectors); });
  emitter_.end_round(plan_.stored);
}

Slot PrefillLinear::load_vector(Ring& ring, Address from, std::int64_t elements) {
  const Slot slot = ring.next();
  emitter_.put(Role::load,
               transfer(in_spm(slot.address), in_dram(from), {elements}, job_.formats.residual),
               {slot.free}, {slot.full});
  return slot;
}

/// Norm weights only where there is a head of q or k.
PrefillLinear::HeadVectors PrefillLinear::load_head_vectors(std::int64_t layer) {
  const Transformer& model = job_.model;
  const isa::DataType type = job_.formats.residual;
  const Range share = plan_.matrix(Matrix::qkv).columns(emitter_.core());
  HeadVectors vectors;
  if (model.qkv_bias && share.size() > 0) {
    const std::int64_t at = layer * model.qkv_width() + share.first;
    vectors.bias = load_vector(rings_.biases, advance(plan_.memory.biases, at, type), share.size());
  }
  if (model.qk_norm && rotates(share, model)) {
    const std::int64_t elements = model.head_norm_parameters();
    vectors.norms = load_vector(rings_.head_norms,
                                advance(plan_.memory.head_norms, layer * elements, type), elements);
  }
  return vectors;
}

/// The result, with its bias added if there is one.
Typed PrefillLinear::biased(const Block& block, const std::optional<Slot>& bias, bool last_reader) {
  if (!bias) return result(block);
  const isa::DataType type = job_.formats.residual;
  const Range share = plan_.matrix(Matrix::qkv).columns(emitter_.core());
  const Typed sum{in_spm(plan_.panel(Matrix::qkv).scratch), type};
  const Typed addend{in_spm(advance(bias->address, block.columns.first - share.first, type)), type};
  Events signals{block.c.free};
  if (last_reader) signals.push_back(bias->free);
  emitter_.put(Role::vector,
               binary(VecKind::add, sum, result(block), addend, block.row.size(),
                      block.columns.size(), Broadcast::row),
               {block.c.full, bias->full}, signals);
  return sum;
}

/// Of a head of q or k, in the block's scratch.
Typed PrefillLinear::normed(const Block& block, const Typed& from, const Slot& norms,
                            bool from_acc) {
  const Transformer& model = job_.model;
  const isa::DataType type = job_.formats.residual;
  const std::int64_t head = block.columns.first / model.head_dim;
  const std::int64_t weights = head < model.heads ? 0 : model.head_dim;
  const bool last_head = block.last_tile || head + 1 == model.heads + model.kv_heads;
  const Typed to{in_spm(plan_.panel(Matrix::qkv).scratch), type};
  isa::Vec vec =
      binary(VecKind::rmsnorm, to, from, {in_spm(advance(norms.address, weights, type)), type},
             block.row.size(), model.head_dim, Broadcast::row);
  vec.scalar = model.norm_epsilon;
  Events signals;
  if (from_acc) signals.push_back(block.c.free);
  if (last_head && block.row.last == plan_.rows()) signals.push_back(norms.free);
  emitter_.put(Role::vector, vec, {block.c.full, norms.full}, signals);
  return to;
}

/// One head of queries, keys or values: bias, norm, rotation, conversion, store.
void PrefillLinear::project_head(const Block& block, std::int64_t layer, Ring& stage,
                                 const HeadVectors& vectors) {
  const Transformer& model = job_.model;
  const Formats& formats = job_.formats;
  const std::int64_t head = block.columns.first / model.head_dim;
  const bool is_query = head < model.heads, rotated = head < model.heads + model.kv_heads;
  const bool last_block = block.last_tile && block.row.last == plan_.rows();
  const Slot slot = stage.next();
  Typed from = biased(block, vectors.bias, last_block);
  const bool norms = vectors.norms && rotated;
  if (norms) from = normed(block, from, *vectors.norms, !vectors.bias);
  const Typed to{in_spm(slot.address), is_query ? formats.activation : formats.kv};
  finish_head(Matrix::qkv, block, {from, to, rotated, is_query && plan_.online()}, slot);
  store_head(block, layer, slot);
}

/// Rotates or copies, then scales.
void PrefillLinear::finish_head(Matrix which, const Block& block, const HeadFinish& finish,
                                const Slot& slot) {
  const std::int64_t rows = block.row.size(), width = block.columns.size();
  const Events waits{slot.free, block.c.full, block.rows.full};
  Events signals;
  if (finish.from.at.space == isa::Space::acc) signals.push_back(block.c.free);
  if (block.last_tile && has_rotation(which)) signals.push_back(block.rows.free);
  if (!finish.scaled) signals.push_back(slot.full);
  isa::Vec vec = unary(VecKind::copy, finish.to, finish.from, rows, width);
  if (finish.rotated) {
    const Typed table{in_spm(rotation_in(which, block.rows)), job_.formats.residual};
    vec = binary(VecKind::rope, finish.to, finish.from, table, rows, width);
  }
  emitter_.put(Role::vector, vec, waits, signals);
  if (!finish.scaled) return;
  const double scale = 1 / std::sqrt(static_cast<double>(job_.model.head_dim));
  emitter_.put(Role::vector, unary(VecKind::mul, finish.to, finish.to, rows, width, scale), {},
               {slot.full});
}

void PrefillLinear::heads(Matrix which, std::int64_t copy, const Heads& heads) {
  begin(which);
  Ring& stage = panel(which).stage;
  const std::int64_t width = plan_.matrix(which).shape().head;
  const bool scaled = heads.are_queries && plan_.online();
  pass(which, copy, heads.from, [&](const Block& block) {
    const Slot slot = stage.next();
    const Typed to{in_spm(slot.address), heads.type};
    finish_head(which, block, {result(block), to, has_rotation(which), scaled}, slot);
    const std::int64_t head = block.columns.first / width;
    const std::int64_t before = (head * plan_.rows() + block.row.first) * width;
    emitter_.put(Role::store,
                 transfer(in_dram(advance(heads.to, before, heads.type)), in_spm(slot.address),
                          {block.elements()}, heads.type),
                 {slot.full}, {slot.free, plan_.stored});
  });
  emitter_.end_round(plan_.stored);
}

void PrefillLinear::store_head(const Block& block, std::int64_t layer, const Slot& slot) {
  const Transformer& model = job_.model;
  const std::int64_t head = block.columns.first / model.head_dim, width = model.head_dim;
  const auto store = [&](Address to, std::int64_t before, std::int64_t rows, isa::DataType type) {
    const Address from = advance(slot.address, before * width, type);
    emitter_.put(Role::store, transfer(in_dram(to), in_spm(from), {rows * width}, type),
                 {slot.full}, {slot.free, plan_.stored});
  };
  if (head < model.heads) {
    const std::int64_t at = (head * plan_.rows() + block.row.first) * width;
    return store(advance(plan_.memory.queries, at, job_.formats.activation), 0, block.row.size(),
                 job_.formats.activation);
  }
  const bool is_key = head < model.heads + model.kv_heads;
  const std::int64_t kv_head = (head - model.heads) % model.kv_heads;
  for_each_sequence(block.row, job_.options.context,
                    [&](std::int64_t sequence, Range tokens, std::int64_t before) {
                      const Address to =
                          is_key ? plan_.cache.key(layer, kv_head, sequence, tokens.first)
                                 : plan_.cache.value(layer, kv_head, sequence, tokens.first);
                      store(to, before, tokens.size(), job_.formats.kv);
                    });
}

void PrefillLinear::store_block(const Block& block, const Slot& slot, Address to,
                                std::int64_t row_length, isa::DataType type) {
  const Address at = advance(to, block.row.first * row_length + block.columns.first, type);
  emitter_.put(Role::store,
               transfer(in_dram(at), in_spm(slot.address), {block.row.size(), block.columns.size()},
                        type, {row_length, 1}),
               {slot.full}, {slot.free, plan_.stored});
}

void PrefillLinear::gate_up(std::int64_t copy) {
  begin(Matrix::gate_up);
  gate_up(Matrix::gate_up, copy, {plan_.memory.normed, plan_.rows()}, plan_.memory.gated);
  emitter_.end_round(plan_.stored);
}

void PrefillLinear::gate_up(Matrix which, std::int64_t copy, const RowSource& from, Address to) {
  const Formats& formats = job_.formats;
  Ring& stage = panel(which).stage;
  const Typed silu{in_spm(plan_.panel(which).scratch), formats.residual};
  const std::int64_t width = plan_.matrix(which).shape().n;
  pass(which, copy, from, [&](const Block& block) {
    const std::int64_t rows = block.row.size(), columns = block.columns.size();
    const Slot slot = stage.next();
    const Typed up{in_acc(advance(block.c.address, block.elements(), formats.accumulator)),
                   formats.accumulator};
    const Typed out{in_spm(slot.address), formats.activation};
    emitter_.put(Role::vector, unary(VecKind::silu, silu, result(block), rows, columns),
                 {block.c.full}, {});
    emitter_.put(Role::vector, binary(VecKind::mul, out, silu, up, rows, columns), {slot.free},
                 {block.c.free, slot.full});
    store_block(block, slot, to, width, formats.activation);
  });
}

void PrefillLinear::plain(Matrix which, std::int64_t copy, Address to, isa::DataType type) {
  begin(which);
  Ring& stage = panel(which).stage;
  const std::int64_t width = plan_.matrix(which).shape().n;
  pass(which, copy, {plan_.memory.normed, plan_.rows()}, [&](const Block& block) {
    const Slot slot = stage.next();
    emitter_.put(Role::vector,
                 unary(VecKind::copy, {in_spm(slot.address), type}, result(block), block.row.size(),
                       block.columns.size()),
                 {block.c.full, slot.free}, {block.c.free, slot.full});
    store_block(block, slot, to, width, type);
  });
  emitter_.end_round(plan_.stored);
}

void PrefillLinear::project(Matrix which, std::int64_t copy, const RowSource& from, Address to,
                            const std::vector<std::int64_t>& places) {
  const isa::DataType type = job_.formats.residual;
  const std::int64_t width = plan_.matrix(which).shape().n;
  Ring& stage = panel(which).stage;
  pass(which, copy, from, [&](const Block& block) {
    const std::int64_t columns = block.columns.size();
    const Slot slot = stage.next();
    emitter_.put(Role::vector,
                 unary(VecKind::copy, {in_spm(slot.address), type}, result(block), block.row.size(),
                       columns),
                 {block.c.full, slot.free}, {block.c.free, slot.full});
    for (const RowRun& run : runs_of(places, block.row)) {
      const Address at = advance(to, run.place * width + block.columns.first, type);
      emitter_.put(Role::store,
                   transfer(in_dram(at), in_spm(advance(slot.address, run.index * columns, type)),
                            {run.count, columns}, type, {run.step * width, 1}),
                   {slot.full}, {slot.free, plan_.stored});
    }
  });
}

void PrefillLinear::residual(Matrix which, std::int64_t copy) {
  const isa::DataType type = job_.formats.residual;
  const std::int64_t hidden = job_.model.hidden;
  const Address a = which == Matrix::out ? plan_.memory.heads : plan_.memory.gated;
  begin(which);
  Ring& stage = panel(which).stage;
  Ring& addends = panel(which).addends;
  pass(which, copy, {a, plan_.rows()}, [&](const Block& block) {
    const std::int64_t rows = block.row.size(), columns = block.columns.size();
    const Slot addend = addends.next(), slot = stage.next();
    const Address from =
        advance(plan_.memory.x, block.row.first * hidden + block.columns.first, type);
    emitter_.put(
        Role::activation,
        transfer(in_spm(addend.address), in_dram(from), {rows, columns}, type, {}, {hidden, 1}),
        {addend.free, plan_.stored}, {addend.full});
    emitter_.put(Role::vector,
                 binary(VecKind::add, {in_spm(slot.address), type}, result(block),
                        {in_spm(addend.address), type}, rows, columns),
                 {block.c.full, addend.full, slot.free}, {block.c.free, addend.free, slot.full});
    store_block(block, slot, plan_.memory.x, hidden, type);
  });
  emitter_.end_round(plan_.stored);
}

}  // namespace npulse::lowering
