// SPDX-License-Identifier: Apache-2.0
#include "traces/lowering/gemm.h"

#include "traces/lowering/instructions.h"
#include "traces/lowering/linear.h"
#include "traces/lowering/space.h"
#include "traces/lowering/tensors.h"

namespace npulse::lowering {
namespace {

/// Equal tiles side by side.
struct Run {
  std::int64_t first_tile, count;
  std::int64_t first, size;  ///< Row or column of the first tile; extent of each.
};

/// The whole tiles of `range`, and the shorter one behind them if there is one.
std::vector<Run> runs_of(Range range, std::int64_t size) {
  std::vector<Run> runs;
  const std::int64_t whole = range.size() / size, rest = range.size() % size;
  if (whole > 0) runs.push_back({0, whole, range.first, size});
  if (rest > 0) runs.push_back({whole, 1, range.last - rest, rest});
  return runs;
}

/// Calls `f(first, count)` for whole groups of `size` turns as one loop, then for what is left.
template <class F>
void in_groups(Emitter& emitter, std::int64_t turns, std::int64_t size, F&& f) {
  emitter.loop(turns / size, [&] { f(0, size, true); });
  if (turns % size > 0) f(turns / size * size, turns % size, false);
}

/// The share of one core. Loops step over groups of tiles or chunks as long as there are buffers in
/// turn, so that which buffer is used does not depend on the turn.
class GemmCore {
 public:
  GemmCore(const GemmPlan& plan, Emitter& emitter, std::size_t grid_row, std::size_t grid_column)
      : plan_{plan},
        emitter_{emitter},
        grid_column_{grid_column},
        rows_{plan.tiling.rows[grid_row]},
        columns_{plan.tiling.columns[grid_column]} {}

  void run() {
    emitter_.region("gemm");
    for (const Run& rows : runs_of(rows_, plan_.tiling.m)) {
      in_groups(emitter_, rows.count, GemmTiling::kPanels,
                [&](std::int64_t first, std::int64_t count, bool looped) {
                  for (std::int64_t i = first; i < first + count; ++i)
                    row_of_tiles(rows, i, looped);
                });
    }
  }

 private:
  /// Which of the loops are open around an instruction.
  struct Loops {
    bool rows = false, columns = false, chunks = false;
  };
  struct Tile {
    std::int64_t row, rows, row_step;  ///< The step is that of one turn of the loop over rows.
    std::int64_t column, columns, column_step;
    std::int64_t index;         ///< Of the column of tiles, in the core's share.
    std::size_t panel, buffer;  ///< Of a, of c.
    bool loads_a;
    Loops loops;
  };
  struct Chunk {
    std::int64_t index, first, size, step;  ///< Chunks that a turn of the loop over them moves on.
    std::size_t buffer;
  };
  /// Bytes that an address moves with each turn of the loops.
  struct Steps {
    std::int64_t chunks = 0, columns = 0, rows = 0;
  };

  void row_of_tiles(const Run& rows, std::int64_t i, bool looped);
  void tile(Tile tile);
  void chunk(const Tile& tile, const Chunk& chunk, bool first, bool last);
  isa::Operand place_a(const Tile& tile, const Chunk& chunk) const;
  const Slot& slot_of_a(const Tile& tile, const Chunk& chunk) const;
  void load_a(const Tile& tile, const Chunk& chunk);
  void load_b(const Tile& tile, const Chunk& chunk);
  void drain(const Tile& tile);
  isa::Operand stepped(isa::Operand operand, const Loops& loops, const Steps& steps) const;

  const GemmPlan& plan_;
  Emitter& emitter_;
  std::size_t grid_column_;
  Range rows_, columns_;
};

void GemmCore::row_of_tiles(const Run& rows, std::int64_t i, bool looped) {
  constexpr std::int64_t kPanels = GemmTiling::kPanels, kResults = GemmTiling::kResults;
  const bool keeps_a = plan_.tiling.keeps_a;
  std::size_t buffer = 0;
  for (const Run& columns : runs_of(columns_, plan_.tiling.n)) {
    const auto put = [&](std::int64_t column, bool in_loop) {
      const bool loads_a = !keeps_a || columns.first_tile + column == 0;
      tile({rows.first + i * rows.size,
            rows.size,
            looped ? kPanels * rows.size : 0,
            columns.first + column * columns.size,
            columns.size,
            in_loop ? kResults * columns.size : 0,
            columns.first_tile + column,
            static_cast<std::size_t>(i % kPanels),
            buffer++ % kResults,
            loads_a,
            {looped, in_loop, false}});
    };
    const std::int64_t apart = keeps_a && columns.first_tile == 0 ? 1 : 0;  // it alone loads a
    if (apart) put(0, false);
    in_groups(emitter_, columns.count - apart, kResults,
              [&](std::int64_t first, std::int64_t count, bool in_loop) {
                const std::size_t before = buffer;
                for (std::int64_t column = first; column < first + count; ++column)
                  put(apart + column, in_loop);
                if (in_loop) buffer = before;
              });
  }
}

/// The first chunk overwrites c and the last one completes it; loops run over those between.
void GemmCore::tile(Tile tile) {
  const std::int64_t size = plan_.tiling.k, chunks = plan_.tiling.k_chunks(plan_.gemm);
  const auto at = [&](std::int64_t index, std::int64_t step) {
    const std::int64_t extent = std::min(size, plan_.gemm.k - index * size);
    return Chunk{index, index * size, extent, step,
                 static_cast<std::size_t>(index % plan_.tiling.slots)};
  };
  chunk(tile, at(0, 0), true, chunks == 1);
  in_groups(emitter_, std::max<std::int64_t>(0, chunks - 2), plan_.tiling.slots,
            [&](std::int64_t first, std::int64_t count, bool in_loop) {
              tile.loops.chunks = in_loop;
              for (std::int64_t i = 1 + first; i <= first + count; ++i) {
                chunk(tile, at(i, in_loop ? plan_.tiling.slots : 0), false, false);
              }
              tile.loops.chunks = false;
            });
  if (chunks > 1) chunk(tile, at(chunks - 1, 0), false, true);
  drain(tile);
}

isa::Operand GemmCore::stepped(isa::Operand operand, const Loops& loops, const Steps& steps) const {
  boost::container::static_vector<std::int64_t, 3> strides;
  if (loops.chunks) strides.push_back(steps.chunks);
  if (loops.columns) strides.push_back(steps.columns);
  if (loops.rows) strides.push_back(steps.rows);
  return emitter_.stepped(operand, {strides.data(), strides.size()});
}

const Slot& GemmCore::slot_of_a(const Tile& tile, const Chunk& chunk) const {
  return plan_.a.at(plan_.tiling.keeps_a ? tile.panel : chunk.buffer);
}

isa::Operand GemmCore::place_a(const Tile& tile, const Chunk& chunk) const {
  const isa::Operand slot = in_spm(slot_of_a(tile, chunk).address);
  if (!plan_.tiling.keeps_a) return slot;
  const std::int64_t bytes =
      isa::bytes_of(plan_.tiling.m * plan_.tiling.k, plan_.formats.activation).count();
  isa::Operand place = slot;
  place.address += static_cast<Address>(chunk.index * bytes);
  return stepped(place, tile.loops, {chunk.step * bytes, 0, 0});
}

void GemmCore::load_a(const Tile& tile, const Chunk& chunk) {
  const isa::DataType type = plan_.formats.activation;
  const Slot& slot = slot_of_a(tile, chunk);
  const std::int64_t k = plan_.gemm.k;
  const auto bytes = [&](std::int64_t elements) { return isa::bytes_of(elements, type).count(); };
  const isa::Operand from =
      stepped(in_dram(advance(plan_.a_base, tile.row * k + chunk.first, type)), tile.loops,
              {bytes(chunk.step * chunk.size), 0, bytes(tile.row_step * k)});
  const isa::Extents stride = chunk.size == k ? isa::Extents{} : isa::Extents{k, 1};
  emitter_.put(Role::activation,
               transfer(place_a(tile, chunk), from, {tile.rows, chunk.size}, type, {}, stride),
               {slot.free}, {slot.full});
}

void GemmCore::load_b(const Tile& tile, const Chunk& chunk) {
  const Slot& slot = plan_.b.at(chunk.buffer);
  const std::int64_t chunks = plan_.tiling.k_chunks(plan_.gemm);
  const Address base =
      plan_.b_tile(grid_column_, tile.index) + static_cast<Address>(chunk.index * plan_.b_stride);
  const std::int64_t column = tile.column_step / tile.columns * chunks * plan_.b_stride;
  const isa::Operand from =
      stepped(in_dram(base), tile.loops, {chunk.step * plan_.b_stride, column, 0});
  const isa::Dma load =
      weight_transfer(plan_.formats, slot.address, from, chunk.size, tile.columns);
  emitter_.put(Role::load, load, {slot.free}, {slot.full});
}

void GemmCore::chunk(const Tile& tile, const Chunk& chunk, bool first, bool last) {
  if (tile.loads_a) load_a(tile, chunk);
  load_b(tile, chunk);
  const Slot& a = slot_of_a(tile, chunk);
  const Slot& b = plan_.b.at(chunk.buffer);
  const Slot& c = plan_.c.at(tile.buffer);
  isa::Mm mm;
  mm.a = place_a(tile, chunk);
  mm.b = in_spm(b.address);
  mm.c = in_acc(c.address);
  mm.m = tile.rows;
  mm.n = tile.columns;
  mm.k = chunk.size;
  mm.a_type = plan_.formats.activation;
  mm.b_type = plan_.formats.weight;
  mm.c_type = plan_.formats.accumulator;
  mm.b_transposed = plan_.formats.coded();
  mm.accumulate = !first;
  Events waits{a.full, b.full};
  if (first) waits.push_back(c.free);
  Events signals{b.free};
  if (last || !plan_.tiling.keeps_a) signals.push_back(a.free);
  if (last) signals.push_back(c.full);
  emitter_.put(Role::matrix, mm, waits, signals);
}

void GemmCore::drain(const Tile& tile) {
  const Slot& c = plan_.c.at(tile.buffer);
  const Slot& stage = plan_.stage.at(tile.buffer);
  const isa::DataType type = plan_.formats.residual;
  emitter_.put(Role::vector,
               unary(isa::VecKind::copy, {in_spm(stage.address), type},
                     {in_acc(c.address), plan_.formats.accumulator}, tile.rows, tile.columns),
               {c.full, stage.free}, {c.free, stage.full});
  const std::int64_t n = plan_.gemm.n;
  const auto bytes = [&](std::int64_t elements) { return isa::bytes_of(elements, type).count(); };
  const isa::Operand to =
      stepped(in_dram(advance(plan_.c_base, tile.row * n + tile.column, type)), tile.loops,
              {0, bytes(tile.column_step), bytes(tile.row_step * n)});
  const isa::Extents stride = tile.columns == n ? isa::Extents{} : isa::Extents{n, 1};
  emitter_.put(Role::store,
               transfer(to, in_spm(stage.address), {tile.rows, tile.columns}, type, stride),
               {stage.full}, {stage.free});
}

}  // namespace

GemmPlan::GemmPlan(const Gemm& the_gemm, const Formats& the_formats, const Target& target,
                   const GemmTiling& the_tiling)
    : gemm{the_gemm}, formats{the_formats}, tiling{the_tiling}, tiles_before{0} {
  Address at = 0;
  const auto ring = [&](const char* name, std::int64_t elements, isa::DataType type,
                        std::int64_t slots) {
    const Bytes bytes = isa::bytes_of(elements, type);
    Ring made{events, name, at, bytes, slots};
    at += static_cast<Address>(bytes.count() * slots);
    return made;
  };
  a = tiling.keeps_a ? ring("a", tiling.m * tiling.k * tiling.k_chunks(gemm), formats.activation,
                            GemmTiling::kPanels)
                     : ring("a", tiling.m * tiling.k, formats.activation, tiling.slots);
  b = ring("b", tiling.k * tiling.n, formats.weight, tiling.slots);
  stage = ring("stage", tiling.m * tiling.n, formats.residual, GemmTiling::kResults);
  c = Ring{events, "c", 0, isa::bytes_of(tiling.m * tiling.n, formats.accumulator),
           GemmTiling::kResults};

  for (const Range& columns : tiling.columns) {
    tiles_before.push_back(tiles_before.back() + ceil_div(columns.size(), tiling.n));
  }
  SpaceAllocator dram{"memory of " + target.name, target.dram_bytes, target.dram_access_bytes,
                      kMostAlignment};
  b_stride = dram.stride(formats.stored_bytes(tiling.k, tiling.n)).count();
  a_base = dram.take("a", isa::bytes_of(gemm.m * gemm.k, formats.activation));
  b_base = dram.take("b", Bytes{b_stride * tiles_before.back() * tiling.k_chunks(gemm)});
  c_base = dram.take("c", isa::bytes_of(gemm.m * gemm.n, formats.residual));
  dram.check(name_of(gemm), "use narrower types or a smaller product");
}

Address GemmPlan::b_tile(std::size_t grid_column, std::int64_t tile) const {
  const std::int64_t index = (tiles_before[grid_column] + tile) * tiling.k_chunks(gemm);
  return b_base + static_cast<Address>(index * b_stride);
}

void GemmLowering::emit(Emitter& emitter) const {
  const std::size_t columns = plan_.tiling.columns.size();
  if (emitter.core() >= plan_.tiling.cores()) return;
  GemmCore{plan_, emitter, emitter.core() / columns, emitter.core() % columns}.run();
}

/// b is read once for every row of tiles; a for every column of them, unless its rows are kept.
Plan GemmLowering::plan() const {
  Plan plan;
  const GemmTiling& tiling = plan_.tiling;
  const Gemm& gemm = plan_.gemm;
  std::int64_t rows_of_tiles = 0;
  for (const Range& rows : tiling.rows) rows_of_tiles += ceil_div(rows.size(), tiling.m);
  Bytes b{};
  for (const Range& columns : tiling.columns) {
    for (std::int64_t tile = 0; tile < ceil_div(columns.size(), tiling.n); ++tile) {
      const std::int64_t width = tile_of(columns, tiling.n, tile).size();
      const std::int64_t whole = gemm.k / tiling.k, rest = gemm.k % tiling.k;
      b += plan_.formats.stored_bytes(tiling.k, width) * whole;
      if (rest > 0) b += plan_.formats.stored_bytes(rest, width);
    }
  }
  plan.weights = b;
  const std::int64_t reads_of_a =
      tiling.keeps_a ? static_cast<std::int64_t>(tiling.columns.size()) : plan_.tiles_before.back();
  plan.dram_read =
      isa::bytes_of(gemm.m * gemm.k, plan_.formats.activation) * reads_of_a + b * rows_of_tiles;
  plan.dram_write = isa::bytes_of(gemm.m * gemm.n, plan_.formats.residual);
  plan.macs = gemm.m * gemm.n * gemm.k;
  return plan;
}

std::vector<isa::TensorDecl> GemmLowering::tensors() const {
  using isa::TensorRole;
  const Gemm& gemm = plan_.gemm;
  const Formats& formats = plan_.formats;
  const GemmTiling& tiling = plan_.tiling;
  std::vector<isa::TensorDecl> list{
      dense_tensor("a", TensorRole::input, plan_.a_base, {gemm.m, gemm.k}, formats.activation),
      dense_tensor("c", TensorRole::output, plan_.c_base, {gemm.m, gemm.n}, formats.residual)};
  for (std::size_t column = 0; column < tiling.columns.size(); ++column) {
    const Range columns = tiling.columns[column];
    if (columns.size() == 0) continue;
    isa::TensorDecl b = dense_tensor("b", TensorRole::weight, plan_.b_tile(column, 0),
                                     {gemm.k, gemm.n}, formats.weight);
    b.codec = formats.codec;
    b.first = {0, columns.first};
    b.box = {gemm.k, columns.size()};
    b.tile = {tiling.k, tiling.n};
    b.tile_stride = {plan_.b_stride, tiling.k_chunks(gemm) * plan_.b_stride};
    b.transposed = formats.coded();
    list.push_back(b);
  }
  return list;
}

}  // namespace npulse::lowering
