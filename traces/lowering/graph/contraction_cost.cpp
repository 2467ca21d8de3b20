// SPDX-License-Identifier: Apache-2.0
#include "traces/lowering/graph/contraction_cost.h"

#include <algorithm>

namespace npulse::lowering {
namespace {

constexpr std::int64_t kSlots = ContractionTiling::kSlots;

double dense(std::int64_t elements, isa::DataType type) {
  return static_cast<double>(elements) * isa::bits_of(type) / 8.0;
}

/// How often an operand with `distinct` tiles is fetched when it is needed `all` times.
std::int64_t fetches(std::int64_t distinct, std::int64_t all, bool stays) {
  return stays || distinct <= kSlots ? distinct : all;
}

}  // namespace

/// Products of a core by what they go through; inputs and weights that it fetches.
struct ContractionCost::Visits {
  std::int64_t pixels = 1, channels = 1, chunks = 1, groups = 1;
  std::int64_t inputs = 0, weights = 0;

  double products() const { return static_cast<double>(pixels * channels * chunks); }
  double tiles() const { return static_cast<double>(pixels * channels); }
};

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

ContractionCost::ContractionCost(const Contraction& loops, const TileExtras& extras,
                                 const Formats& formats, const Target& target)
    : loops_{loops},
      extras_{extras},
      formats_{formats},
      cost_{formats, target},
      queues_{assign_queues(target)} {}

double ContractionCost::cycles(const CoreWork& work) const {
  const Visits v = visits(work);
  const Parts p = parts(work, v);
  const double memory = memory_cycles(work, v, p);
  return std::max({memory, busiest_unit(v, p), longest_round(v, p, memory)}) + ends(p);
}

ContractionCost::Visits ContractionCost::visits(const CoreWork& work) const {
  const TileShape& tile = work.tile;
  const CoreShare& share = work.share;
  const std::int64_t height = std::min(share.rows.size(), loops_.oh);
  const std::int64_t images = ceil_div(share.rows.size(), loops_.oh);
  Visits v;
  v.pixels = images * ceil_div(height, tile.h) * ceil_div(loops_.ow, tile.w);
  v.channels = ceil_div(share.channels.size(), tile.oc);
  v.chunks = tile.oc > loops_.oc ? 1 : ceil_div(loops_.c, tile.c);
  v.groups = std::max<std::int64_t>(1, tile.oc / loops_.oc);
  const std::int64_t all = v.pixels * v.channels * v.chunks;
  v.inputs = v.weights = all;
  if (!work.keeps_operands) return v;
  const bool pixels_outer = work.order == LoopOrder::pixels_outer;
  const std::int64_t own_input = loops_.groups > 1 ? v.channels : 1;
  v.inputs = fetches(v.pixels * v.chunks * own_input, all,
                     v.channels == own_input || (pixels_outer && v.chunks <= kSlots));
  const std::int64_t per_batch = loops_.weight_batches > 1 ? loops_.batch : 1;
  v.weights =
      fetches(v.channels * v.chunks * per_batch, all,
              v.pixels == per_batch || (!pixels_outer && v.chunks <= kSlots && per_batch == 1));
  return v;
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
  return {count,
          dense(tile.h * tile.w * tile.oc, formats_.activation) / static_cast<double>(count)};
}

ContractionCost::Parts ContractionCost::parts(const CoreWork& work, const Visits& v) const {
  const TileShape& tile = work.tile;
  const auto loaded = [&](const Runs& runs) {
    return Operand{runs, cost_.load_cycles(runs), cost_.load_latency(runs)};
  };
  const Runs out = result_runs(tile);
  const std::int64_t outputs = tile.h * tile.w * tile.oc;
  return {loaded(input_runs(tile, v.groups)),
          loaded({1, dense(loops_.taps() * tile.c * tile.oc, formats_.weight)}),
          loaded({1, dense(tile.oc, formats_.accumulator)}),
          loaded(out),
          {out, cost_.store_cycles(out), cost_.store_latency(out)},
          cost_.array_cycles({tile.h * tile.w, tile.oc / v.groups, tile.c, v.groups,
                              loops_.product() ? 1 : tile.h, loops_.taps()}),
          cost_.vector_cycles(static_cast<double>(outputs), extras_.vector)};
}

/// All cores' bytes at the memory's rate. Cores of a row of the grid read the same input at a time,
/// those of a column the same weights, in the channels where it lies.
double ContractionCost::memory_cycles(const CoreWork& work, const Visits& v, const Parts& p) const {
  const TileShape& tile = work.tile;
  const std::int64_t pixels = work.share.rows.size() * loops_.ow;
  const double input = static_cast<double>(v.inputs) *
                       cost_.rows_bytes(input_pixels(loops_, tile.h, tile.w), v.groups * tile.c,
                                        loops_.in_channels(), formats_.activation);
  const double share =
      static_cast<double>(work.share.channels.size()) / static_cast<double>(loops_.channels());
  const double results =
      cost_.rows_bytes(pixels, tile.oc, loops_.channels(), formats_.activation) * share +
      cost_.merge_bytes(pixels, v.channels, tile.oc, loops_.channels(), formats_.activation);
  const CoreGrid& grid = work.grid;
  const double moved = input / cost_.spread(grid.rows * kSlots, p.input.runs) +
                       static_cast<double>(v.weights) * p.weights.runs.bytes /
                           cost_.spread(grid.columns * kSlots, p.weights.runs) +
                       static_cast<double>(1 + extras_.tensors) * results;
  return moved * static_cast<double>(grid.rows * grid.columns) / cost_.memory_rate();
}

/// Queues that share a unit share its time.
double ContractionCost::busiest_unit(const Visits& v, const Parts& p) const {
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
double ContractionCost::longest_round(const Visits& v, const Parts& p, double memory) const {
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

/// What nothing hides: the first operands, and the last results.
double ContractionCost::ends(const Parts& p) const {
  const bool shared = queues_[Role::load] == queues_[Role::activation];
  const double loads =
      shared ? p.input.engine + p.weights.latency : std::max(p.input.latency, p.weights.latency);
  return loads + p.array + cost_.drain_cycles() + p.vector + p.result.latency;
}

}  // namespace npulse::lowering
