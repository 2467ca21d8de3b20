// SPDX-License-Identifier: Apache-2.0
// One matrix product in memory: output-stationary tiles, double-buffered, as loops.
#pragma once

#include "traces/lowering/gemm_tiling.h"
#include "traces/lowering/job.h"

namespace npulse::lowering {

/// Where a product lives. a and c are row-major; b is stored tile by tile, column of tiles by
/// column.
struct GemmPlan {
  GemmPlan(const Gemm& gemm, const Formats& formats, const Target& target,
           const GemmTiling& tiling);

  /// Of the tile that begins at `column` tiles of the core's own, the first chunk of k.
  Address b_tile(std::size_t grid_column, std::int64_t tile) const;

  Gemm gemm;
  Formats formats;
  GemmTiling tiling;
  EventTable events;
  Ring a;  ///< Chunks, or whole panels of m rows.
  Ring b, c, stage;
  Address a_base = 0, b_base = 0, c_base = 0;
  std::int64_t b_stride = 0;               ///< Bytes from one tile of b to the next.
  std::vector<std::int64_t> tiles_before;  ///< By grid column: columns of tiles before it, and all.
};

class GemmLowering : public Lowering {
 public:
  GemmLowering(const Gemm& gemm, const Formats& formats, const Target& target)
      : GemmLowering{gemm, formats, target, tile_gemm(gemm, formats, target)} {}
  GemmLowering(const Gemm& gemm, const Formats& formats, const Target& target,
               const GemmTiling& tiling)
      : plan_{gemm, formats, target, tiling} {}
  const GemmPlan& layout() const { return plan_; }
  const EventTable& events() const override { return plan_.events; }
  std::size_t lookahead() const override { return 0; }
  void emit(Emitter& emitter) const override;
  Plan plan() const override;
  std::vector<isa::TensorDecl> tensors() const override;

 private:
  GemmPlan plan_;
};

}  // namespace npulse::lowering
