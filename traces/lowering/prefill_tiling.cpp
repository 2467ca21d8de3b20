// SPDX-License-Identifier: Apache-2.0
#include "traces/lowering/prefill_tiling.h"

#include <algorithm>

#include "traces/lowering/ranking.h"

namespace npulse::lowering {
namespace {

constexpr std::int64_t kMaxBlockRows = 512;
constexpr std::int64_t kProductOverhead = 64;  // cycles; assumed: filling and draining an array

double rate_of(const Target& target, isa::DataType a, isa::DataType b) {
  std::int64_t slower = 1;
  for (const MatrixRate& entry : target.matrix_rates) {
    const bool used = entry.type == a || entry.type == b;
    if (used && (slower == 1 || entry.macs_per_cycle < slower)) slower = entry.macs_per_cycle;
  }
  return static_cast<double>(slower);
}

class PanelSearch {
 public:
  using Keeps = Ranking<PanelTiling>::Keeps;
  PanelSearch(const Job& job, const LinearShape& shape, std::int64_t share, std::int64_t rows,
              const PanelLimits& limits, const PanelWish& wish, Keeps keeps)
      : job_{job},
        shape_{shape},
        share_{share},
        rows_{rows},
        limits_{limits},
        wish_{wish},
        keeps_{keeps},
        ranking_{keeps} {}

  std::vector<PanelTiling> first(std::size_t most) {
    for (const std::int64_t width : widths()) {
      for (const std::int64_t rows : heights()) try_tile(width, rows);
    }
    return std::move(ranking_).first(most);
  }

 private:
  std::vector<std::int64_t> widths() const {
    if (limits_.width) return {*limits_.width};
    if (wish_.width) return {std::min(*wish_.width, share_)};
    std::vector<std::int64_t> list{share_};
    for (std::int64_t width = 1; width < share_; width *= 2) list.push_back(width);
    for (std::int64_t width = job_.target.tile_n; width < share_; width += job_.target.tile_n)
      list.push_back(width);
    return list;
  }

  std::vector<std::int64_t> heights() const {
    if (wish_.block_rows) return {std::min(*wish_.block_rows, rows_)};
    std::vector<std::int64_t> list;
    for (std::int64_t rows = 1; rows <= kMaxBlockRows && rows < 2 * rows_; rows *= 2) {
      list.push_back(std::min(rows, rows_));
    }
    return list;
  }

  void try_tile(std::int64_t width, std::int64_t rows) {
    const Formats& formats = job_.formats;
    const std::int64_t results = width * rows;
    const Bytes tile = isa::bytes_of(shape_.k * shape_.parts * width, formats.weight);
    const Bytes c = isa::bytes_of(results * shape_.parts, formats.accumulator) * 2;
    if (tile > limits_.weight_slot || c > job_.target.acc_bytes) return;
    const Bytes left = limits_.arena - job_.residual_bytes(results) * limits_.stage_buffers;
    const Bytes block =
        isa::bytes_of(shape_.k * rows, formats.activation) + Bytes{limits_.row_extra_bytes * rows};
    const std::int64_t blocks = ceil_div(rows_, rows);
    const std::int64_t slots = left.count() > 0 ? std::min(left / block, blocks) : 0;
    if (slots < 1) return;
    const std::int64_t usual = slots == blocks ? blocks : std::max<std::int64_t>(1, slots - 1);
    const std::int64_t panel = std::min(wish_.panel_blocks.value_or(usual), blocks);
    take({width, rows, panel, slots});
    const bool smaller = keeps_ == Keeps::all && !wish_.panel_blocks;
    for (std::int64_t less = panel / 2; smaller && less >= 1; less /= 2)
      take({width, rows, less, slots});
  }

  void take(const PanelTiling& tiling) {
    if (tiling.panel_blocks <= tiling.block_slots)
      ranking_.take({cycles(tiling)}, tiling, tiling.panels(rows_));
  }

  /// The longest of array, memory and DMA engine; the array also waits where nothing hides the
  /// loading of rows: at the start, and from panel to panel as far as spare blocks do not help.
  double cycles(const PanelTiling& t) const {
    const Target& target = job_.target;
    const double product = product_cycles(t);
    const double pass = product * static_cast<double>(t.panel_blocks);
    const auto tiles = static_cast<double>(ceil_div(share_, t.width)),
               panels = static_cast<double>(t.panels(rows_));
    const double array = tiles * product * static_cast<double>(ceil_div(rows_, t.block_rows));

    const auto engine = static_cast<double>(std::max<std::int64_t>(1, target.dma_bytes_per_cycle));
    const double memory_share = target.dram_bytes_per_s / target.clock_hertz / job_.cores;
    const double rate = memory_share > 0 ? std::min(engine, memory_share) : engine;
    const auto weights =
        static_cast<double>(job_.formats.stored_bytes(shape_.k, share_ * shape_.parts).count()) *
        panels;
    const auto rows =
        static_cast<double>(isa::bytes_of(rows_ * shape_.k, job_.formats.activation).count());
    const double moved = std::max((weights + rows) / rate, std::max(weights, rows) / engine);

    const double block =
        rows / static_cast<double>(rows_) * static_cast<double>(t.block_rows) / rate;
    const std::int64_t spare = std::min(t.block_slots - t.panel_blocks, t.panel_blocks);
    const auto late_blocks = static_cast<double>(t.panel_blocks - spare);
    const double start = std::max(block, block * static_cast<double>(t.panel_blocks) - pass);
    const double change = std::max(spare == 0 ? block : 0.0, block * late_blocks - 2 * pass);
    return std::max(array + start + change * (panels - 1), moved);
  }

  /// All parts of a tile against one block.
  double product_cycles(const PanelTiling& t) const {
    const Target& target = job_.target;
    const auto padded = static_cast<double>(round_up(t.width, target.tile_n) *
                                            round_up(t.block_rows, target.tile_m)) *
                        static_cast<double>(round_up(shape_.k, target.tile_k));
    return shape_.parts * (padded / rate_of(target, job_.formats.activation, job_.formats.weight) +
                           kProductOverhead);
  }

  const Job& job_;
  const LinearShape& shape_;
  std::int64_t share_, rows_;
  const PanelLimits& limits_;
  const PanelWish& wish_;
  Keeps keeps_;
  Ranking<PanelTiling> ranking_;
};

}  // namespace

std::optional<PanelTiling> tile_panel(const Job& job, const LinearShape& shape, std::int64_t share,
                                      std::int64_t rows, const PanelLimits& limits,
                                      const PanelWish& wish) {
  const auto best =
      PanelSearch{job, shape, share, rows, limits, wish, PanelSearch::Keeps::best}.first(1);
  return best.empty() ? std::nullopt : std::optional{best.front()};
}

std::vector<PanelTiling> rank_panel(const Job& job, const LinearShape& shape, std::int64_t share,
                                    std::int64_t rows, const PanelLimits& limits,
                                    const PanelWish& wish, std::size_t most) {
  return PanelSearch{job, shape, share, rows, limits, wish, PanelSearch::Keeps::all}.first(most);
}

}  // namespace npulse::lowering
