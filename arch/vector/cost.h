// SPDX-License-Identifier: Apache-2.0
// What vec and xform cost: passes over the data, and lane operations of each.
#pragma once

#include <boost/container/static_vector.hpp>

#include "isa/instruction.h"

namespace npulse::arch {

/// One walk over all elements; operations are an element's. Rows are not kept on the way, so a
/// later pass reads again.
struct Pass {
  std::int64_t simple = 0;          ///< add, sub, mul, max, conversion, copy
  std::int64_t transcendental = 0;  ///< exp, reciprocal, rsqrt, tanh, sigmoid, gelu's erf, sin, cos
  std::int64_t reduction = 0;       ///< taken into a running sum or maximum
  bool reads_x = true;              ///< Else it reads what an earlier pass wrote to dst.
  bool writes = true;
};

/// What is worked out once a row, or once a column, outside the passes.
struct Once {
  std::int64_t elements = 0, simple = 0, transcendental = 0;
};

/// Work of one instruction. The last pass writes all of dst, those before what a later one needs; y
/// and index are read once and stay in the unit.
struct VectorWork {
  boost::container::static_vector<Pass, 3> passes;
  std::int64_t elements = 0;   ///< Worked on in each pass; pairs for rope.
  std::int64_t per_group = 1;  ///< Elements that fill all lanes.
  std::int64_t groups = 0;     ///< Lane-wide groups of a pass.
  Once once;
  std::int64_t x_elements = 0, y_elements = 0, dst_elements = 0;
  std::int64_t kept_elements = 0;  ///< Of dst, written by one pass to be read by another.
};

VectorWork work_of(const isa::Vec& vec, std::int64_t per_group);
VectorWork work_of(const isa::Xform& xform, std::int64_t per_group);

/// Groups of `per_group` elements of x[rows, cols], each row beginning a group of its own. With
/// `causal`, row r has only its first r + causal + 1 columns. With `per_group` 1: elements.
std::int64_t row_groups(const isa::Vec& vec, std::int64_t per_group);

}  // namespace npulse::arch
