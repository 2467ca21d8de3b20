// SPDX-License-Identifier: Apache-2.0
// Row-wise operations as programs of a LaneMachine, pass by pass over the whole of x.
#pragma once

#include <optional>

#include "tests/support/lane_machine.h"

namespace npulse::test {

struct Rows {
  std::int64_t rows = 0, cols = 0;
  std::optional<std::int64_t> causal;
  std::int64_t seen(std::int64_t row) const {
    return causal ? std::clamp<std::int64_t>(row + *causal + 1, 0, cols) : cols;
  }
};

Values softmax(LaneMachine& lanes, const Rows& shape, const Values& x, double scale);
/// `weight`: one a column, or empty.
Values layernorm(LaneMachine& lanes, const Rows& shape, const Values& x, const Values& weight,
                 double epsilon);
Values rmsnorm(LaneMachine& lanes, const Rows& shape, const Values& x, const Values& weight,
               double epsilon);
/// `table`: cosines, then sines of a row's pairs; empty: angles from `base`.
Values rope(LaneMachine& lanes, const Rows& shape, const Values& x, const Values& table,
            double base);

}  // namespace npulse::test
