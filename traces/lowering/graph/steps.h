// SPDX-License-Identifier: Apache-2.0
// What a graph is lowered to: steps that run one after the other, each on all cores.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "isa/instruction.h"
#include "traces/graph/graph.h"
#include "traces/lowering/attention.h"
#include "traces/lowering/attention_tiling.h"
#include "traces/lowering/graph/contraction_tiling.h"

namespace npulse::lowering {

/// One vector operation on [rows, cols], in place.
struct VectorOp {
  isa::VecKind kind = isa::VecKind::copy;
  std::optional<graph::TensorId> y;  ///< Absent: `scalar`.
  isa::Broadcast broadcast = isa::Broadcast::none;
  double scalar = 1;
};

/// A tensor that stays in the scratchpads between two steps, at one address in each: rows of all
/// images, with all columns and channels.
struct ResidentTensor {
  Address at = 0;
  std::vector<Range> rows;  ///< By core.
};

/// A convolution or product, and what is done to its results while they are in the accumulators.
struct ContractionStep {
  Contraction loops;
  graph::TensorId input = 0, weights = 0, output = 0;
  bool weights_constant = true;
  bool weights_transposed = false;  ///< Of a product of activations: stored [n, k].
  std::vector<VectorOp> then;       ///< y is one row (a constant a channel) or a tensor.
  ContractionTiling tiling;
  std::optional<ResidentTensor> kept_input, kept_output;

  TileExtras extras() const;
  /// Tiles of channels out, as all cores need them, in order.
  std::vector<Range> column_tiles() const;
};

/// Attention whose scores stay on the chip.
struct FusedAttentionStep {
  AttentionShape shape;
  FlashTiling tiling;
  double scale = 1;
  graph::TensorId q = 0, k = 0, v = 0, output = 0;
  std::optional<graph::TensorId> mask;
  std::array<std::int64_t, 4> mask_strides{};  ///< Of [n, heads, rows, tokens], in elements.
  MaskKind mask_kind = MaskKind::added;
  std::size_t rings = 0;  ///< Place in GraphPlan::flash_rings.
};

/// Operations one after the other on x as [rows, cols].
struct VectorStep {
  std::int64_t rows = 1, cols = 1;
  bool whole_rows = false;    ///< A row must be in the scratchpad as a whole.
  std::int64_t out_cols = 1;  ///< 1: reduced.
  graph::TensorId input = 0, output = 0;
  std::vector<VectorOp> ops;
  std::int64_t matrix_rows = 0;     ///< Not 0: rows are of matrices of so many, and row r of each
  std::int64_t first_row_sees = 0;  ///< takes columns up to r + first_row_sees into its softmax.
};

/// Windows of images with channels last.
struct PoolStep {
  Contraction window;  ///< Of one channel in and out a group.
  isa::VecKind kind = isa::VecKind::pool_max;
  graph::TensorId input = 0, output = 0;
};

/// The first elements of a tensor.
struct Part {
  graph::TensorId tensor = 0;
  std::int64_t elements = 0;
};

/// What goes through the scratchpad and comes out elsewhere, nothing computed.
struct CopyStep {
  std::vector<Part> reads, writes;
};

struct Step {
  std::string region;
  std::variant<ContractionStep, FusedAttentionStep, VectorStep, PoolStep, CopyStep> work;
};

/// The tensors that a step reads or writes as activations.
std::vector<graph::TensorId> tensors_of(const Step& step);

}  // namespace npulse::lowering
