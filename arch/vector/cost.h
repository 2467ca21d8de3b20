// SPDX-License-Identifier: Apache-2.0
// What each kind of vector operation costs: its passes over the data, in lane operations.
#pragma once

#include <span>

#include "isa/instruction.h"

namespace npulse::arch {

/// One walk over all elements. Operations are an element's; rows are not kept on the way, so a
/// later pass reads again.
struct Pass {
  int simple = 0;          ///< add, sub, mul, max, conversion, ...
  int transcendental = 0;  ///< exp, reciprocal, rsqrt, tanh, sigmoid, the erf of gelu, sin, cos
  int reduction = 0;       ///< taken into one value a row
  bool reads_x = true;     ///< Else it reads what the pass before wrote to dst.
  bool writes = true;      ///< One value an element; see `VecCost::row_result` for a row's.
};

struct VecCost {
  std::span<const Pass> passes;
  int row_transcendental = 0;  ///< A row's: reciprocal of softmax's sum, rsqrt of a norm.
  bool row_wise = false;       ///< Rows do not share a group of lanes.
  bool row_result = false;     ///< Writes one value a row.
};

VecCost cost_of(isa::VecKind kind);

/// Groups of `per_group` elements in `rows` rows of `cols`, each row starting a group of its own.
/// With `causal`, row r has only its first r + causal + 1 columns.
struct RowShape {
  std::int64_t rows = 1, cols = 0;
  std::optional<std::int64_t> causal;
};
std::int64_t elements(const RowShape& shape);
std::int64_t row_groups(const RowShape& shape, std::int64_t per_group);

}  // namespace npulse::arch
