// SPDX-License-Identifier: Apache-2.0
#include "traces/lowering/gemm.h"

#include "traces/lowering/instructions.h"
#include "traces/lowering/linear.h"
#include "traces/lowering/space.h"

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

/// The share of one core.
class GemmCore {
 public:
  GemmCore(const GemmPlan& plan, Emitter& emitter, std::size_t grid_row, std::size_t grid_column)
      : plan_{plan}, emitter_{emitter}, grid_column_{grid_column},
        rows_{plan.tiling.rows[grid_row]}, columns_{plan.tiling.columns[grid_column]} {}

  void run() {
    emitter_.region("gemm");
    for (const Run& rows : runs_of(rows_, plan_.tiling.m)) {
      for (const Run& columns : runs_of(columns_, plan_.tiling.n)) block(rows, columns);
    }
  }

 private:
  /// Of a tile's corner, per turn of the loops over columns of tiles and over rows of tiles.
  struct Tile {
    std::int64_t row, rows, row_step;
    std::int64_t column, columns, column_step;
    std::int64_t index;      ///< Of the first column of tiles, in the core's share.
    std::size_t buffer;      ///< Of c.
    bool in_column_loop;
  };
  /// Part of k: with `step`, it moves on with each turn of the loop over chunks.
  struct Chunk {
    std::int64_t index, first, size, step;
    std::size_t buffer;
  };

  void block(const Run& rows, const Run& columns);
  void tile(const Tile& tile);
  void chunk(const Tile& tile, const Chunk& chunk, bool first, bool last);
  void load_a(const Tile& tile, const Chunk& chunk);
  void load_b(const Tile& tile, const Chunk& chunk);
  void drain(const Tile& tile);
  isa::Operand stepped(isa::Operand operand, const Tile& tile, const Chunk* chunk, std::int64_t k_bytes,
                       std::int64_t column_bytes, std::int64_t row_bytes) const;

  const GemmPlan& plan_;
  Emitter& emitter_;
  std::size_t grid_column_;
  Range rows_, columns_;
};

/// Tiles in pairs, so that which buffer of c is used does not depend on the turn.
void GemmCore::block(const Run& rows, const Run& columns) {
  const std::int64_t pairs = columns.count / GemmTiling::kResults;
  emitter_.loop(rows.count, [&] {
    const auto tile_at = [&](std::int64_t i, bool in_loop) {
      tile({rows.first, rows.size, rows.size, columns.first + i * columns.size, columns.size,
            GemmTiling::kResults * columns.size, columns.first_tile + i,
            static_cast<std::size_t>(i % GemmTiling::kResults), in_loop});
    };
    emitter_.loop(pairs, [&] {
      for (std::int64_t i = 0; i < GemmTiling::kResults; ++i) tile_at(i, true);
    });
    for (std::int64_t i = pairs * GemmTiling::kResults; i < columns.count; ++i) tile_at(i, false);
  });
}

/// The first chunk overwrites c; the rest is a loop over as many chunks as there are buffers.
void GemmCore::tile(const Tile& tile) {
  const std::int64_t size = plan_.tiling.k, chunks = plan_.tiling.k_chunks(plan_.gemm);
  const std::int64_t whole = plan_.gemm.k / size;
  const auto at = [&](std::int64_t index, std::int64_t step) {
    const std::int64_t extent = std::min(size, plan_.gemm.k - index * size);
    return Chunk{index, index * size, extent, step, static_cast<std::size_t>(index % GemmTiling::kSlots)};
  };
  chunk(tile, at(0, 0), true, chunks == 1);
  const std::int64_t turns = std::max<std::int64_t>(0, whole - 2) / GemmTiling::kSlots;
  emitter_.loop(turns, [&] {
    for (std::int64_t i = 1; i <= GemmTiling::kSlots; ++i) chunk(tile, at(i, GemmTiling::kSlots), false, false);
  });
  for (std::int64_t i = 1 + turns * GemmTiling::kSlots; i < chunks; ++i) {
    chunk(tile, at(i, 0), false, i + 1 == chunks);
  }
  drain(tile);
}

isa::Operand GemmCore::stepped(isa::Operand operand, const Tile& tile, const Chunk* chunk, std::int64_t k_bytes,
                               std::int64_t column_bytes, std::int64_t row_bytes) const {
  const bool in_chunk_loop = chunk && chunk->step > 0;
  if (in_chunk_loop && tile.in_column_loop) return emitter_.stepped(operand, {k_bytes, column_bytes, row_bytes});
  if (in_chunk_loop) return emitter_.stepped(operand, {k_bytes, row_bytes});
  if (tile.in_column_loop) return emitter_.stepped(operand, {column_bytes, row_bytes});
  return emitter_.stepped(operand, {row_bytes});
}

void GemmCore::load_a(const Tile& tile, const Chunk& chunk) {
  const isa::DataType type = plan_.formats.activation;
  const Slot& slot = plan_.a.at(chunk.buffer);
  const std::int64_t k = plan_.gemm.k;
  const auto bytes = [&](std::int64_t elements) { return isa::bytes_of(elements, type).count(); };
  const isa::Operand from =
      stepped(in_dram(advance(plan_.a_base, tile.row * k + chunk.first, type)), tile, &chunk,
              bytes(chunk.step * chunk.size), 0, bytes(tile.row_step * k));
  const isa::Extents stride = chunk.size == k ? isa::Extents{} : isa::Extents{k, 1};
  emitter_.put(Role::activation, transfer(in_spm(slot.address), from, {tile.rows, chunk.size}, type, {}, stride),
               {slot.free}, {slot.full});
}

void GemmCore::load_b(const Tile& tile, const Chunk& chunk) {
  const Slot& slot = plan_.b.at(chunk.buffer);
  const std::int64_t chunks = plan_.tiling.k_chunks(plan_.gemm);
  const Address base = plan_.b_tile(grid_column_, tile.index) + static_cast<Address>(chunk.index * plan_.b_stride);
  const isa::Operand from = stepped(in_dram(base), tile, &chunk, chunk.step * plan_.b_stride,
                                    GemmTiling::kResults * chunks * plan_.b_stride, 0);
  const isa::Dma load = weight_transfer(plan_.formats, slot.address, from, chunk.size, tile.columns);
  emitter_.put(Role::load, load, {slot.free}, {slot.full});
}

void GemmCore::chunk(const Tile& tile, const Chunk& chunk, bool first, bool last) {
  load_a(tile, chunk);
  load_b(tile, chunk);
  const Slot& a = plan_.a.at(chunk.buffer);
  const Slot& b = plan_.b.at(chunk.buffer);
  const Slot& c = plan_.c.at(tile.buffer);
  isa::Mm mm;
  mm.a = in_spm(a.address);
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
  Events signals{a.free, b.free};
  if (last) signals.push_back(c.full);
  emitter_.put(Role::matrix, mm, waits, signals);
}

void GemmCore::drain(const Tile& tile) {
  const Slot& c = plan_.c.at(tile.buffer);
  const Slot& stage = plan_.stage.at(tile.buffer);
  const isa::DataType type = plan_.formats.residual;
  emitter_.put(Role::vector,
               unary(isa::VecKind::copy, {in_spm(stage.address), type}, {in_acc(c.address), plan_.formats.accumulator},
                     tile.rows, tile.columns),
               {c.full, stage.free}, {c.free, stage.full});
  const std::int64_t n = plan_.gemm.n;
  const auto bytes = [&](std::int64_t elements) { return isa::bytes_of(elements, type).count(); };
  const isa::Operand to = stepped(in_dram(advance(plan_.c_base, tile.row * n + tile.column, type)), tile, nullptr, 0,
                                  bytes(tile.column_step), bytes(tile.row_step * n));
  const isa::Extents stride = tile.columns == n ? isa::Extents{} : isa::Extents{n, 1};
  emitter_.put(Role::store, transfer(to, in_spm(stage.address), {tile.rows, tile.columns}, type, stride),
               {stage.full}, {stage.free});
}

}  // namespace

GemmPlan::GemmPlan(const Gemm& the_gemm, const Formats& the_formats, const Target& target)
    : gemm{the_gemm}, formats{the_formats}, tiling{tile_gemm(gemm, formats, target)}, tiles_before{0} {
  Address at = 0;
  const auto ring = [&](const char* name, std::int64_t elements, isa::DataType type, std::int64_t slots) {
    const Bytes bytes = isa::bytes_of(elements, type);
    Ring made{events, name, at, bytes, slots};
    at += static_cast<Address>(bytes.count() * slots);
    return made;
  };
  a = ring("a", tiling.m * tiling.k, formats.activation, GemmTiling::kSlots);
  b = ring("b", tiling.k * tiling.n, formats.weight, GemmTiling::kSlots);
  stage = ring("stage", tiling.m * tiling.n, formats.residual, GemmTiling::kResults);
  c = Ring{events, "c", 0, isa::bytes_of(tiling.m * tiling.n, formats.accumulator), GemmTiling::kResults};

  for (const Range& columns : tiling.columns) {
    tiles_before.push_back(tiles_before.back() + ceil_div(columns.size(), tiling.n));
  }
  SpaceAllocator dram{"memory of " + target.name, target.dram_bytes, target.dram_access_bytes};
  b_stride = round_up(formats.stored_bytes(tiling.k, tiling.n).count(), dram.alignment().count());
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

/// a is read once for every column of tiles, b once for every row of them.
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
  plan.dram_read = isa::bytes_of(gemm.m * gemm.k, plan_.formats.activation) * plan_.tiles_before.back() +
                   b * rows_of_tiles;
  plan.dram_write = isa::bytes_of(gemm.m * gemm.n, plan_.formats.residual);
  plan.macs = gemm.m * gemm.n * gemm.k;
  return plan;
}

}  // namespace npulse::lowering
