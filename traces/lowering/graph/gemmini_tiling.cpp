// SPDX-License-Identifier: Apache-2.0
#include "traces/lowering/graph/gemmini_tiling.h"

#include <array>
#include <cmath>

#include "sim/core/error.h"

namespace npulse::lowering {
namespace {

/// In the order of the library's arguments, which decides between equals.
enum Extent : std::size_t { kBatches, kRows, kColumns, kOut, kKernelRows, kKernelColumns, kIn };
using Extents = std::array<std::int64_t, 7>;

class ConvSearch {
 public:
  ConvSearch(const Contraction& loops, const GemminiSizes& sizes)
      : loops_{loops},
        sizes_{sizes},
        most_{loops.batch, loops.oh, loops.ow, loops.oc, loops.kh, loops.kw, loops.c},
        now_{most_} {}

  GemminiChoice run() {
    while (!fits(now_)) shrink();
    while (grow(kColumns)) {
    }
    for (bool grew = true; grew;) {
      grew = false;
      for (std::size_t i = 0; i < now_.size(); ++i) grew = grow(i) || grew;
    }
    return {{now_[kRows], now_[kColumns], now_[kOut], now_[kIn]},
            now_[kKernelRows],
            now_[kKernelColumns],
            now_[kBatches],
            evaluations_};
  }

 private:
  bool fits(const Extents& e) {
    evaluations_ += 2;  // the library computes both sizes each time
    const std::int64_t out_blocks = ceil_div(e[kOut], sizes_.dim);
    const std::int64_t rows = e[kRows] * loops_.stride_h + e[kKernelRows] - 1;
    const std::int64_t columns = e[kColumns] * loops_.stride_w + e[kKernelColumns] - 1;
    const std::int64_t input = ceil_div(e[kIn], sizes_.dim) * e[kBatches] * rows * columns;
    const std::int64_t weights = out_blocks * e[kKernelRows] * e[kKernelColumns] * e[kIn];
    const std::int64_t results = out_blocks * e[kBatches] * e[kRows] * e[kColumns];
    return input + weights <= sizes_.scratchpad_rows / 2 && results <= sizes_.accumulator_rows / 2;
  }

  /// The largest extent; columns stay at the array's width as long as there are rows to give.
  void shrink() {
    std::size_t largest = now_.size();
    for (std::size_t i = 0; i < now_.size(); ++i) {
      const bool kept = i == kColumns && now_[i] <= sizes_.dim && now_[kRows] > 1;
      if (!kept && (largest == now_.size() || now_[i] > now_[largest])) largest = i;
    }
    std::int64_t& extent = now_[largest];
    if (largest != kOut && largest != kIn) {
      --extent;
      return;
    }
    const std::int64_t rest = extent % sizes_.dim;
    extent = std::max<std::int64_t>(1, extent - (rest > 0 ? rest : sizes_.dim));
  }

  bool grow(std::size_t i) {
    Extents candidate = now_;
    if (++candidate[i] > most_[i] || !fits(candidate)) return false;
    now_ = candidate;
    return true;
  }

  const Contraction& loops_;
  const GemminiSizes& sizes_;
  Extents most_, now_;
  std::int64_t evaluations_ = 0;
};

}  // namespace

GemminiChoice choose_conv_tile(const Contraction& loops, const GemminiSizes& sizes) {
  return ConvSearch{loops, sizes}.run();
}

GemminiChoice choose_matmul_tile(const Contraction& loops, const GemminiSizes& sizes) {
  const std::int64_t dim = sizes.dim;
  const std::int64_t most_i = ceil_div(loops.rows(), dim), most_j = ceil_div(loops.oc, dim),
                     most_k = ceil_div(loops.c, dim);
  const std::int64_t spad = sizes.scratchpad_rows / 2, acc = sizes.accumulator_rows / 2;
  const auto square = static_cast<std::int64_t>(std::sqrt(static_cast<double>(acc / dim)));
  std::int64_t i = std::min(most_i, square), j = std::min(most_j, square);
  std::int64_t k = std::min(most_k, spad / 2 / dim / square);
  const auto fits = [&](std::int64_t ti, std::int64_t tj, std::int64_t tk) {
    return (ti * tk + tk * tj) * dim <= spad && ti * tj * dim <= acc;
  };
  for (bool grew = true; grew;) {
    grew = false;
    if (j < most_j && fits(i, j + 1, k)) ++j, grew = true;
    if (i < most_i && fits(i + 1, j, k)) ++i, grew = true;
    if (k < most_k && fits(i, j, k + 1)) ++k, grew = true;
  }
  return {{i * dim, 1, j * dim, k * dim}, 1, 1, 1, 0};
}

ContractionTiling gemmini_tiling(const Contraction& loops, const GemminiSizes& sizes,
                                 const GemminiCall& call) {
  const GemminiChoice choice =
      loops.product() ? choose_matmul_tile(loops, sizes) : choose_conv_tile(loops, sizes);
  if (loops.groups > 1 || choice.kernel_rows < loops.kh || choice.kernel_columns < loops.kw) {
    throw InputError{"gemmini", "its library has no tiles of whole kernels for this layer",
                     "leave the choice of tiles to npulse"};
  }
  ContractionTiling tiling;
  tiling.tile = choice.tile;
  tiling.packed_weights = false;
  tiling.keeps_operands = false;
  tiling.gathers = false;
  tiling.load_channels = 4 * sizes.dim;
  tiling.whole_tiles = true;
  // A row of zeros a cycle; a row of biases of 4 B comes over a bus of one row of inputs.
  constexpr std::int64_t kBiasCycles = 4;
  const std::int64_t zeros = loops.product() ? 0 : 1;
  tiling.preset = {sizes.dim, Cycles{call.bias ? kBiasCycles : zeros}};
  tiling.before_cycles = choice.evaluations * call.cycles_per_evaluation;
  tiling.shares = {{{0, loops.rows()}, {0, loops.channels()}}};
  return tiling;
}

}  // namespace npulse::lowering
