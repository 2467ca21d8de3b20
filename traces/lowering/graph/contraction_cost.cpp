// SPDX-License-Identifier: Apache-2.0
#include "traces/lowering/graph/contraction_cost.h"

#include <algorithm>

namespace npulse::lowering {
namespace {

constexpr std::int64_t kSlots = ContractionTiling::kSlots;

double dense(std::int64_t elements, isa::DataType type) {
  return static_cast<double>(elements) * isa::bits_of(type) / 8.0;
}

struct Keeping {
  bool keeps;  ///< What a slot holds is not fetched again ...
  bool stays;  ///< ... and what is needed again is there still.
};

/// How often an operand with `distinct` tiles is fetched when it is needed `all` times.
std::int64_t fetches(std::int64_t distinct, std::int64_t all, const Keeping& keeping) {
  return keeping.keeps && (keeping.stays || distinct <= kSlots) ? distinct : all;
}

}  // namespace

/// One transfer of it.
struct ContractionCost::Operand {
  Runs runs;
  double engine, latency;  ///< Cycles that it keeps the engine, and until it is there.
};

/// What one tile is made of.
struct ContractionCost::Parts {
  Operand input, weights, vectors, tensor, result;
  double array, vector;
};

TileVisits visits_of(const Contraction& loops, const CoreWork& work) {
  const TileShape& tile = work.tile;
  const CoreShare& share = work.share;
  const std::int64_t height = std::min(share.rows.size(), loops.oh);
  const std::int64_t images = ceil_div(share.rows.size(), loops.oh);
  TileVisits v;
  v.pixels = images * ceil_div(height, tile.h) * ceil_div(loops.ow, tile.w);
  v.channels = ceil_div(share.channels.size(), tile.oc);
  v.chunks = tile.oc > loops.oc ? 1 : ceil_div(loops.c, tile.c);
  v.groups = std::max<std::int64_t>(1, tile.oc / loops.oc);
  const std::int64_t all = v.pixels * v.channels * v.chunks;
  const std::int64_t own_input = loops.groups > 1 ? v.channels : 1;
  const std::int64_t per_batch = loops.weight_batches > 1 ? images : 1;
  const std::int64_t inputs = v.pixels * v.chunks * own_input;
  const std::int64_t weights = v.channels * v.chunks * per_batch;
  const bool keeps = work.keeps_operands, pixels_outer = work.order == LoopOrder::pixels_outer;
  const bool both = v.chunks <= kSlots;
  v.inputs = fetches(inputs, all, {keeps, v.channels == own_input || (pixels_outer && both)});
  v.weights = fetches(weights, all,
                      {keeps, v.pixels == per_batch || (!pixels_outer && both && per_batch == 1)});
  v.input_passes = v.inputs / inputs;
  v.weight_passes = v.weights / weights;
  return v;
}

ContractionCost::ContractionCost(const Contraction& loops, const TileExtras& extras,
                                 const Formats& formats, const Target& target)
    : loops_{loops},
      extras_{extras},
      formats_{formats},
      cost_{formats, target},
      queues_{assign_queues(target)},
      expand_bytes_per_cycle_{target.dma_expand_bytes_per_cycle},
      caches_{target.caches} {}

Estimate ContractionCost::estimate(const CoreWork& work) const {
  const TileVisits v = visits_of(loops_, work);
  const Parts p = parts(work, v);
  const double memory = memory_cycles(work, v, p);
  const double core = std::max(busiest_unit(v, p), longest_round(v, p, memory));
  const double first = first_operands(p), end = last_result(p);
  return {std::max(memory + first, core + std::max(first, first_of_all(work, p))) + end,
          moved_bytes(work, v) * static_cast<double>(work.grid.rows * work.grid.columns),
          v.products()};
}

/// Whole rows of all channels lie behind each other, as do whole rows of them.
Runs ContractionCost::input_runs(const TileShape& tile, std::int64_t groups) const {
  const std::int64_t pixels = input_pixels(loops_, tile.h, tile.w), channels = groups * tile.c;
  const bool skips = loops_.pointwise() && (loops_.stride_w > 1 || loops_.stride_h > 1);
  std::int64_t count = pixels;
  if (channels == loops_.in_channels() && !skips)
    count = tile.w == loops_.ow ? 1 : input_height(loops_, tile.h);
  return {count, dense(pixels * channels, formats_.activation) / static_cast<double>(count)};
}

Runs ContractionCost::result_runs(const TileShape& tile) const {
  std::int64_t count = tile.h * tile.w;
  if (tile.oc >= loops_.channels()) count = tile.w == loops_.ow ? 1 : tile.h;
  return {count, dense(tile.h * tile.w * tile.oc, formats_.result) / static_cast<double>(count)};
}

/// The decompressor is a stage of the engine.
ContractionCost::Operand ContractionCost::weight_load(const TileShape& tile) const {
  const std::int64_t depth = loops_.taps() * tile.c;
  const Runs runs{1, static_cast<double>(formats_.stored_bytes(depth, tile.oc).count())};
  Operand load{runs, cost_.load_cycles(runs), cost_.load_latency(runs)};
  if (!formats_.coded()) return load;
  const double expanding =
      dense(depth * tile.oc, formats_.weight) / static_cast<double>(expand_bytes_per_cycle_);
  const double longer = std::max(0.0, expanding - load.engine);
  return {runs, load.engine + longer, load.latency + longer};
}

ContractionCost::Parts ContractionCost::parts(const CoreWork& work, const TileVisits& v) const {
  const TileShape& tile = work.tile;
  const auto loaded = [&](const Runs& runs) {
    return Operand{runs, cost_.load_cycles(runs), cost_.load_latency(runs)};
  };
  const Runs out = result_runs(tile);
  const std::int64_t outputs = tile.h * tile.w * tile.oc;
  return {loaded(input_runs(tile, v.groups)),
          weight_load(tile),
          loaded({1, dense(tile.oc, formats_.accumulator)}),
          loaded(out),
          {out, cost_.store_cycles(out), cost_.store_latency(out)},
          cost_.array_cycles({tile.h * tile.w, tile.oc / v.groups, tile.c, v.groups,
                              loops_.product() ? 1 : tile.h, loops_.taps()}),
          cost_.vector_cycles(static_cast<double>(outputs), extras_.vector)};
}

/// Of one core: all of its input and weights, once.
ContractionCost::Operands ContractionCost::operand_bytes(const CoreWork& work,
                                                         const TileVisits& v) const {
  const TileShape& tile = work.tile;
  const std::int64_t piece = v.groups * tile.c, row = loops_.in_channels();
  const double rows =
      cost_.rows_bytes(input_pixels(loops_, tile.h, tile.w), piece, row, formats_.activation);
  const auto tiles = static_cast<double>(v.inputs / v.input_passes / v.chunks);
  const double used = static_cast<double>(v.groups * loops_.c) / static_cast<double>(row);
  const Bytes column = formats_.stored_bytes(loops_.taps() * loops_.c, work.share.channels.size());
  const std::int64_t batches = v.weights / v.weight_passes / (v.channels * v.chunks);
  return {tiles * rows * used, static_cast<double>(column.count() * batches)};
}

/// What of the operands goes beyond a cache of `cache` bytes: nothing that it holds from one pass
/// over them to the next.
ContractionCost::Operands ContractionCost::beyond(Bytes cache, const CoreWork& work,
                                                  const TileVisits& v) const {
  const Operands once = operand_bytes(work, v);
  const double rows = once.input / static_cast<double>(v.pixels);
  const double columns = once.weights / static_cast<double>(v.channels);
  const bool pixels_outer = work.order == LoopOrder::pixels_outer;
  const auto passes = [&](std::int64_t fetched, double between) {
    const double all_cores = between * static_cast<double>(work.grid.rows * work.grid.columns);
    return all_cores <= static_cast<double>(cache.count()) ? 1.0 : static_cast<double>(fetched);
  };
  return {once.input * passes(v.input_passes, (pixels_outer ? rows : once.input) + columns),
          once.weights * passes(v.weight_passes, (pixels_outer ? once.weights : columns) + rows)};
}

/// Bytes of operands that the cores, the caches and memory move, each level once.
double ContractionCost::moved_bytes(const CoreWork& work, const TileVisits& v) const {
  Operands sum = beyond(Bytes{0}, work, v);
  for (const Bytes cache : caches_) {
    const Operands missed = beyond(cache, work, v);
    sum.input += missed.input, sum.weights += missed.weights;
  }
  return sum.input + sum.weights;
}

/// All cores' bytes at the memory's rate. Cores of a row of the grid read the same input at a time,
/// those of a column the same weights, in the channels where it lies.
double ContractionCost::memory_cycles(const CoreWork& work, const TileVisits& v,
                                      const Parts& p) const {
  const std::int64_t pixels = work.share.rows.size() * loops_.ow, oc = work.tile.oc;
  const double share =
      static_cast<double>(work.share.channels.size()) / static_cast<double>(loops_.channels());
  const double results =
      cost_.rows_bytes(pixels, oc, loops_.channels(), formats_.result) * share +
      cost_.merge_bytes(pixels, v.channels, oc, loops_.channels(), formats_.result);
  const CoreGrid& grid = work.grid;
  const Operands read = beyond(caches_.empty() ? Bytes{0} : caches_.back(), work, v);
  const double moved = read.input / cost_.spread(grid.rows * kSlots, p.input.runs) +
                       read.weights / cost_.spread(grid.columns * kSlots, p.weights.runs) +
                       static_cast<double>(1 + extras_.tensors) * results;
  return moved * static_cast<double>(grid.rows * grid.columns) / cost_.memory_rate();
}

/// Queues that share a unit share its time.
double ContractionCost::busiest_unit(const TileVisits& v, const Parts& p) const {
  std::array<double, kRoles> busy{};
  const auto add = [&](Role role, double cycles) {
    const auto first = std::find(queues_.index.begin(), queues_.index.end(), queues_[role]);
    busy[static_cast<std::size_t>(first - queues_.index.begin())] += cycles;
  };
  const auto weights = static_cast<double>(v.weights);
  const double vectors = static_cast<double>(v.weights * extras_.row_vectors) /
                         static_cast<double>(v.chunks);  // with the last chunk
  add(Role::load, weights * p.weights.engine + vectors * p.vectors.engine);
  add(Role::activation, static_cast<double>(v.inputs) * p.input.engine +
                            v.tiles() * static_cast<double>(extras_.tensors) * p.tensor.engine);
  add(Role::store, v.tiles() * p.result.engine);
  add(Role::matrix, v.products() * p.array);
  add(Role::vector, v.tiles() * p.vector);
  return *std::max_element(busy.begin(), busy.end());
}

/// A slot is filled, used and free again; the other one is used meanwhile. With u products between
/// fills, two fills are 2 u products apart, and at least a fill, u - 1 products and the array's
/// cycles of the last. Results are held from their first product until they are stored. All cores
/// ask the memory at once: what it moves for one product of each comes on top.
double ContractionCost::longest_round(const TileVisits& v, const Parts& p, double memory) const {
  const double products = v.products(), array = p.array + cost_.drain_cycles();
  const double queue = memory / products;
  const auto round = [&](double held, std::int64_t fills, double apart) {
    return fills <= kSlots ? 0.0 : products * (held + queue) / apart;
  };
  // Two chunks that stay fill both slots: none is free for the next until the last is used.
  const auto apart = [&](std::int64_t fills) {
    const double uses = products / static_cast<double>(fills);
    return v.chunks == kSlots ? std::min(uses + 1, 2.0) : uses + 1;
  };
  const bool in_turn = queues_[Role::load] == queues_[Role::activation];
  const double input = p.input.latency + (in_turn && v.weights > kSlots ? p.weights.engine : 0);
  const double weights = p.weights.latency + (in_turn && v.inputs > kSlots ? p.input.engine : 0);
  const double tensor =
      extras_.tensors > 0 ? v.tiles() * (p.tensor.latency + queue + p.vector) / 2 : 0;
  const double result = array + p.vector + p.result.latency;
  return std::max(
      {round(input + array, v.inputs, apart(v.inputs)),
       round(weights + array, v.weights, apart(v.weights)), tensor,
       round(result, static_cast<std::int64_t>(v.tiles()), static_cast<double>(v.chunks + 1))});
}

/// Nothing hides the first operands of a core ...
double ContractionCost::first_operands(const Parts& p) const {
  const bool shared = queues_[Role::load] == queues_[Role::activation];
  return shared ? p.input.engine + p.weights.latency : std::max(p.input.latency, p.weights.latency);
}

/// ... which all cores want at once ...
double ContractionCost::first_of_all(const CoreWork& work, const Parts& p) const {
  const double bytes =
      static_cast<double>(p.input.runs.count) * p.input.runs.bytes + p.weights.runs.bytes;
  return bytes * static_cast<double>(work.grid.rows * work.grid.columns) / cost_.memory_rate();
}

/// ... and the last results.
double ContractionCost::last_result(const Parts& p) const {
  return p.array + cost_.drain_cycles() + p.vector + p.result.latency;
}

}  // namespace npulse::lowering
