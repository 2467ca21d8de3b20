// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "arch/pe/schedule.h"

namespace npulse::arch {
namespace {

/// How a product lies on the array: folds down and across, and operands streamed through each.
struct Mapping {
  std::int64_t row_folds, col_folds, streamed;
  std::int64_t hides = streamed;  ///< Cycles of a fold in which the next one's weights can load.

  std::int64_t folds(const Gemm& g) const { return product({g.count, row_folds, col_folds}); }
};

/// Folds of depth; with tap_folds those of each tap.
std::int64_t depth_folds(const SystolicParams& p, const Gemm& g) {
  const std::int64_t parts = p.tap_folds ? g.taps : 1;
  return product({parts, ceil_div(ceil_div(g.depth, parts), p.rows)});
}

/// One fold's commands: cycles to stream m rows of a, and those of the last command.
struct Stream {
  std::int64_t cycles, last;
};

Stream stream_of(const SystolicParams& p, const Gemm& g) {
  if (p.stream_rows == 0) return {g.m, g.m};
  const std::int64_t line = g.m / g.lines, rest = line % p.stream_rows;
  const std::int64_t full = std::max(p.stream_rows, p.min_stream);
  const std::int64_t last = rest > 0 ? std::max(rest, p.min_stream) : full;
  const std::int64_t whole = product({line / p.stream_rows, full});
  return {product({g.lines, whole + (rest > 0 ? last : 0)}), last};
}

Mapping map_onto(const SystolicParams& p, const Gemm& g) {
  switch (p.dataflow) {
    case Dataflow::os:
      return {ceil_div(g.m, p.rows), ceil_div(g.n, p.cols), g.depth};
    case Dataflow::ws:
      return {depth_folds(p, g), ceil_div(g.n, p.cols), stream_of(p, g).cycles,
              stream_of(p, g).last};
    case Dataflow::is:
      return {ceil_div(g.depth, p.rows), ceil_div(g.m, p.cols), g.n};
  }
  throw InternalError{"internal error: unknown dataflow"};
}

/// The array holds the tile used last, which is the next product's first only if b is one fold.
bool holds_weights(const SystolicParams& p, const Gemm& g, const Mapping& map) {
  return p.dataflow == Dataflow::ws && g.keep_weights && map.folds(g) == 1;
}

/// The streamed operand passes once a column of folds; partial sums of ws and is go out once a row
/// of folds and come back for the next.
Traffic traffic_of(const SystolicParams& p, const Gemm& g, const Mapping& map) {
  const std::int64_t a = g.a_elements(), b = g.b_elements(), c = g.c_elements();
  const std::int64_t old_c = g.accumulate ? 1 : 0;
  if (p.dataflow == Dataflow::os) {
    return {product({a, map.col_folds}), product({b, map.row_folds}), c * old_c, c};
  }
  Traffic traffic{a, b, product({c, map.row_folds - 1 + old_c}), product({c, map.row_folds})};
  if (p.dataflow == Dataflow::ws) {
    traffic.a_reads = product({a, map.col_folds});
    if (holds_weights(p, g, map)) traffic.b_reads = 0;
  } else {
    traffic.b_reads = product({b, map.col_folds});
  }
  return traffic;
}

}  // namespace

Schedule systolic_schedule(const SystolicParams& p, const Gemm& g) {
  const Mapping map = map_onto(p, g);
  const std::int64_t folds = map.folds(g);
  const std::int64_t drain = p.rows + p.cols - 2;
  const bool loads = p.dataflow != Dataflow::os;

  Schedule schedule;
  schedule.traffic = traffic_of(p, g, map);
  schedule.load = Cycles{loads && !holds_weights(p, g, map) ? p.rows : 0};
  if (loads && p.weight_buffers == 2) {
    const std::int64_t bubble = std::max<std::int64_t>(0, p.rows - map.hides);
    const std::int64_t last = product({folds - 1, map.streamed + bubble});
    schedule.load_free = Cycles{last};
    schedule.stream_free = Cycles{last + map.streamed};
    schedule.finish = Cycles{last + map.streamed + drain - 1};
  } else {
    const std::int64_t first_load = loads ? p.rows : 0;
    const std::int64_t end = product({folds, first_load + map.streamed + drain}) - first_load;
    schedule.load_free = schedule.stream_free = Cycles{end};
    schedule.finish = Cycles{end - 1};
  }
  return schedule;
}

}  // namespace npulse::arch
